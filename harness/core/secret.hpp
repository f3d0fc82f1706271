// core/secret: text that must not be shown, and text that must not be trusted.
// Both are values; neither is thread-safe for writing.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rootseal::core {

// A password or key. Has no stream or fmt output on purpose: whoever needs the text says reveal(). Wiped when
// destroyed.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret(Secret&&) = default;
  Secret& operator=(Secret other) noexcept {  // the old text goes into `other` and is wiped with it
    text_.swap(other.text_);
    return *this;
  }
  ~Secret();
  // `bytes` of entropy from the kernel, as lower-case hexadecimal. Throws HarnessError when there is no
  // entropy source.
  static Secret random(std::size_t bytes = 24);
  [[nodiscard]] const std::string& reveal() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }

 private:
  std::string text_;
};

// Text that came out of a container or a child: printable() escapes control characters (also those beyond
// ASCII, and those that turn the direction of writing) and invalid UTF-8 and cuts it to at most `limit` bytes
// (saying so), so that it can stand in a message, a record or a report. Newlines and tabs stay.
class UntrustedText {
 public:
  explicit UntrustedText(std::string_view text) : text_(text) {}
  [[nodiscard]] std::string printable(std::size_t limit = 2000) const;
  // The last line that is not blank, printable.
  [[nodiscard]] std::string last_line(std::size_t limit = 400) const;

 private:
  std::string text_;
};

}  // namespace rootseal::core
