#include "core/secret.hpp"

#include <fmt/format.h>
#include <sys/random.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

#include "core/error.hpp"

namespace rootseal::core {
namespace {

// Length of the valid UTF-8 sequence at `at`, or 0.
std::size_t sequence_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 && first < 0xF5 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
  if (length == 0 || first >= 0xF5 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return 0;
  }
  const bool overlong = (first == 0xE0 && byte(at + 1) < 0xA0) || (first == 0xF0 && byte(at + 1) < 0x90);
  const bool surrogate = first == 0xED && byte(at + 1) >= 0xA0;
  const bool too_large = first == 0xF4 && byte(at + 1) >= 0x90;
  return overlong || surrogate || too_large ? 0 : length;
}

bool is_control(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7F;
}

}  // namespace

Secret::~Secret() { explicit_bzero(text_.data(), text_.size()); }

Secret Secret::random(std::size_t bytes) {
  std::vector<unsigned char> raw(bytes);
  if (getrandom(raw.data(), raw.size(), 0) != static_cast<ssize_t>(raw.size())) {
    throw HarnessError({"making a password", "", "the kernel gave no random bytes", ""});
  }
  std::string text;
  for (const unsigned char byte : raw) text += fmt::format("{:02x}", byte);
  return Secret(std::move(text));
}

std::string UntrustedText::printable(std::size_t limit) const {
  std::string out;
  std::size_t at = 0;
  while (at < text_.size() && out.size() < limit) {
    const std::size_t length = sequence_length(text_, at);
    if (length == 0 || (length == 1 && is_control(text_[at]))) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text_[at]));
      ++at;
    } else {
      out.append(text_, at, length);
      at += length;
    }
  }
  if (at < text_.size()) out += fmt::format(" [... {} more bytes]", text_.size() - at);
  return out;
}

std::string UntrustedText::last_line(std::size_t limit) const {
  std::size_t end = text_.find_last_not_of(" \t\r\n");
  if (end == std::string::npos) return "";
  const std::size_t start = text_.find_last_of('\n', end);
  const std::size_t from = start == std::string::npos ? 0 : start + 1;
  return UntrustedText(std::string_view(text_).substr(from, end + 1 - from)).printable(limit);
}

}  // namespace rootseal::core
