// testing/channel: the line to the orchestrator: messages out on one descriptor, replies in on another.
// Thread-safe for sending; one question at a time. A program that is run by hand has no such descriptor: then
// sending does nothing and asking is an environment fault.
#pragma once

#include <mutex>
#include <string>

#include "core/deadline.hpp"
#include "wire/context.hpp"

namespace rootseal::scenarios {

class Channel {
 public:
  static constexpr int kNone = -1;
  // Does not own them. Throws nothing.
  Channel(int out, int in) : out_(out), in_(in) {}
  // Descriptor 3 if it was given to us open for writing, and stdin. Call before anything else opens a file.
  // Keeps descriptor 3 from the programs that we start.
  static Channel inherited();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  [[nodiscard]] bool connected() const { return out_ != kNone; }
  // An orchestrator that is gone ends this program: nobody is left to work for.
  void send(const wire::Message& message);
  // Throws EnvironmentFault when nobody is there, says no, or does not answer before the deadline;
  // service::ServerError when the server did not come up.
  wire::StackView ask(const wire::StackRequest& request, const core::Deadline& deadline);
  wire::StackView ask(const wire::Recreate& request, const core::Deadline& deadline);

 private:
  wire::StackView answer_to(const wire::Message& message, const std::string& what,
                            const core::Deadline& deadline);
  std::string read_line(const core::Deadline& deadline);
  int out_;
  int in_;
  std::mutex mutex_;
  std::string unread_;
  int awaited_ = 0;  // replies to questions so far
};

}  // namespace rootseal::scenarios
