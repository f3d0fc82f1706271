// report/html_write: the few shapes that the page is made of. Mark-up is a type of its own: text becomes
// Markup only by being escaped, so that what a server, a container or a file said can never be read as tags.
// What is written is both HTML 5 and well-formed XML, so that a parser that is not a browser can check it.
// For report/ only. Pure; thread-safe.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace rootseal::report {

struct Attribute;

class Markup {
 public:
  Markup() = default;
  // A piece of the page that stands in the source of this program. consteval: no text of a record can be one.
  struct Literal {
    template <std::size_t N>
    consteval Literal(const char (&characters)[N]) : text(characters, N - 1) {}  // NOLINT: meant to convert
    std::string_view text;
  };
  static Markup raw(Literal literal) { return Markup(std::string(literal.text)); }
  // Escaped; newlines stay, control characters become visible, cut to `limit` bytes (saying so).
  static Markup text(const std::string& untrusted, std::size_t limit = 600);

  Markup& operator+=(const Markup& more) {
    text_ += more.text_;
    return *this;
  }
  friend Markup operator+(Markup left, const Markup& right) { return std::move(left += right); }
  [[nodiscard]] const std::string& str() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }

 private:
  friend Markup element(Literal name, const Markup& inside, std::initializer_list<Attribute> attributes);
  explicit Markup(std::string markup) : text_(std::move(markup)) {}
  std::string text_;
};

struct Attribute {
  Markup::Literal name;
  std::string value;  // escaped when it is written; an attribute without one is left out
};
// <name attribute="value">inside</name>
Markup element(Markup::Literal name, const Markup& inside, std::initializer_list<Attribute> attributes = {});
// Our own prose, in which `this` is code.
Markup prose(const std::string& text);
Markup code(const std::string& untrusted, std::size_t limit = 600);
Markup paragraph(const Markup& inside);
Markup items(const std::vector<Markup>& all);  // a list; nothing when empty

// How something stands; each has a sign and a word beside its colour.
enum class Mood { good, bad, open, quiet };
Markup badge(Mood mood, const std::string& word);

// Folded until it is opened; print shows it all.
Markup details(const Markup& summary, const Markup& inside, bool open = false);
// Lines as they were written, folded; nothing when there are none.
Markup evidence(const std::string& summary, const std::vector<std::string>& lines);

struct Cell {
  Markup inside;
  Mood mood = Mood::quiet;
};
using CellRow = std::vector<Cell>;
// The first cell of a row is its heading. Wide tables scroll within themselves. Nothing without rows.
Markup cells(const std::string& caption, const std::vector<Markup>& head, const std::vector<CellRow>& rows);
std::vector<Markup> heads(std::initializer_list<const char*> words);

// A section with its heading and its anchor; nothing when `inside` is empty.
Markup section(const std::string& id, const std::string& title, const Markup& inside);

}  // namespace rootseal::report
