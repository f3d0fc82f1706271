// rabbitmq/confirms: which of the messages published on a channel the broker has confirmed. Numbers count
// from 1; confirms may come in any order, and `multiple` means all up to that number. Constant memory. Not
// thread-safe.
#pragma once

#include <bitset>
#include <cstdint>
#include <stdexcept>

namespace rootseal::rabbitmq {

class Confirms {
 public:
  static constexpr std::uint64_t kWindow = 1024;  // from the oldest that is not confirmed to the newest

  // The number of the message that is published next. Throws std::length_error beyond the window.
  std::uint64_t publish() {
    if (published_ - floor_ == kWindow) {
      throw std::length_error("too many messages published without a confirm");
    }
    return ++published_;
  }

  // False: that number is not outstanding (never published, or confirmed before).
  bool confirm(std::uint64_t number, bool multiple) {
    if (number <= floor_ || number > published_ || (!multiple && early_.test(number % kWindow))) {
      return false;
    }
    for (std::uint64_t each = multiple ? floor_ + 1 : number; each <= number; ++each) {
      early_.set(each % kWindow);
    }
    while (floor_ < published_ && early_.test((floor_ + 1) % kWindow)) {
      early_.reset(++floor_ % kWindow);
    }
    return true;
  }

  [[nodiscard]] std::uint64_t published() const { return published_; }
  [[nodiscard]] bool all() const { return floor_ == published_; }
  // The oldest that is not confirmed is floor() + 1.
  [[nodiscard]] std::uint64_t floor() const { return floor_; }

 private:
  std::uint64_t published_ = 0;
  std::uint64_t floor_ = 0;     // all up to it are confirmed
  std::bitset<kWindow> early_;  // confirmed beyond it, by number modulo kWindow
};

}  // namespace rootseal::rabbitmq
