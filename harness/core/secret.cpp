#include "core/secret.hpp"

#include <fmt/format.h>
#include <sys/random.h>

#include <cerrno>
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

// C0 and C1 control characters (U+009B starts a terminal command as ESC [ does), line and paragraph
// separators, and the characters that turn the direction of writing and so make a text read as what it is
// not.
bool is_hidden(std::string_view sequence) {
  if (sequence.size() == 1) {
    const char c = sequence[0];
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7F;
  }
  if (sequence.size() == 2) return sequence[0] == '\xC2' && static_cast<unsigned char>(sequence[1]) < 0xA0;
  const bool separators = sequence >= "\xE2\x80\xA8" && sequence <= "\xE2\x80\xAE";  // U+2028 .. U+202E
  const bool isolates = sequence >= "\xE2\x81\xA6" && sequence <= "\xE2\x81\xA9";    // U+2066 .. U+2069
  return sequence.size() == 3 && (separators || isolates);
}

std::string escaped(std::string_view bytes) {
  std::string out;
  for (const char byte : bytes) out += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
  return out;
}

}  // namespace

// A text that was moved away may have left its bytes in the small buffer: the whole capacity is wiped.
Secret::~Secret() {
  text_.resize(text_.capacity());
  explicit_bzero(text_.data(), text_.size());
}

Secret Secret::random(std::size_t bytes) {
  std::vector<unsigned char> raw(bytes);
  for (std::size_t done = 0; done < raw.size();) {
    const ssize_t count = getrandom(raw.data() + done, raw.size() - done, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) throw HarnessError({"making a password", "", "the kernel gave no random bytes", ""});
    done += static_cast<std::size_t>(count);
  }
  std::string text;
  text.reserve(2 * bytes);
  for (const unsigned char byte : raw) text += fmt::format("{:02x}", byte);
  explicit_bzero(raw.data(), raw.size());
  return Secret(std::move(text));
}

std::string UntrustedText::printable(std::size_t limit) const {
  std::string out;
  std::size_t at = 0;
  while (at < text_.size()) {
    const std::size_t length = sequence_length(text_, at);
    const std::string_view piece = std::string_view(text_).substr(at, length == 0 ? 1 : length);
    const std::string shown = length == 0 || is_hidden(piece) ? escaped(piece) : std::string(piece);
    if (out.size() + shown.size() > limit) break;
    out += shown;
    at += piece.size();
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
