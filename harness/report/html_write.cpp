#include "report/html_write.hpp"

#include <algorithm>

#include "report/text.hpp"

namespace rootseal::report {
namespace {

constexpr std::size_t kEvidenceLines = 40;    // of one row; all of them are in the record
constexpr std::size_t kEvidenceBytes = 1000;  // of one line

const char* css_of(Mood mood) {
  switch (mood) {
    case Mood::good:
      return "good";
    case Mood::bad:
      return "bad";
    case Mood::open:
      return "open";
    case Mood::quiet:
      break;
  }
  return "quiet";
}

const char* sign_of(Mood mood) {
  switch (mood) {
    case Mood::good:
      return "✓ ";
    case Mood::bad:
      return "✗ ";
    case Mood::open:
      return "? ";
    case Mood::quiet:
      break;
  }
  return "";
}

}  // namespace

Markup Markup::text(const std::string& untrusted, std::size_t limit) { return Markup(xml(untrusted, limit)); }

Markup element(Markup::Literal name, const Markup& inside, std::initializer_list<Attribute> attributes) {
  std::string out = "<" + std::string(name.text);
  for (const auto& [key, value] : attributes) {
    if (!value.empty()) out += " " + std::string(key.text) + "=\"" + xml(value) + "\"";
  }
  return Markup(out + ">" + inside.str() + "</" + std::string(name.text) + ">");
}

Markup prose(const std::string& text) {
  Markup out;
  bool is_code = false;
  std::size_t from = 0;
  while (from <= text.size()) {
    const std::size_t to = std::min(text.find('`', from), text.size());
    const std::string part = text.substr(from, to - from);
    if (!part.empty()) out += is_code ? code(part, 20000) : Markup::text(part, 20000);
    is_code = !is_code;
    from = to + 1;
  }
  return out;
}

Markup code(const std::string& untrusted, std::size_t limit) {
  return element("code", Markup::text(untrusted, limit));
}

Markup paragraph(const Markup& inside) { return element("p", inside) + Markup::raw("\n"); }

Markup items(const std::vector<Markup>& all) {
  Markup list;
  for (const auto& each : all) list += element("li", each) + Markup::raw("\n");
  return list.empty() ? list : element("ul", list) + Markup::raw("\n");
}

Markup badge(Mood mood, const std::string& word) {
  return element("span", Markup::text(sign_of(mood) + word),
                 {{"class", std::string("badge ") + css_of(mood)}});
}

Markup details(const Markup& summary, const Markup& inside, bool open) {
  return element("details", element("summary", summary) + inside, {{"open", open ? "open" : ""}});
}

Markup evidence(const std::string& summary, const std::vector<std::string>& lines) {
  std::string all;
  for (std::size_t i = 0; i < std::min(lines.size(), kEvidenceLines); ++i)
    all += (i == 0 ? "" : "\n") + lines[i].substr(0, kEvidenceBytes);
  if (lines.size() > kEvidenceLines)
    all += "\n(" + plural(lines.size() - kEvidenceLines, "more line", "more lines") + " in run.json)";
  if (all.empty()) return {};
  return details(Markup::text(summary),
                 element("pre", Markup::text(all, kEvidenceLines * kEvidenceBytes * 2)));
}

std::vector<Markup> heads(std::initializer_list<const char*> words) {
  std::vector<Markup> all;
  for (const char* word : words) all.push_back(Markup::text(word));
  return all;
}

Markup cells(const std::string& caption, const std::vector<Markup>& head, const std::vector<CellRow>& rows) {
  if (rows.empty()) return {};
  Markup top;
  for (const auto& each : head) top += element("th", each, {{"scope", "col"}});
  Markup body;
  for (const auto& row : rows) {
    Markup line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string css = row[i].mood == Mood::quiet ? "" : css_of(row[i].mood);
      line += i == 0 ? element("th", row[i].inside, {{"scope", "row"}, {"class", css}})
                     : element("td", row[i].inside, {{"class", css}});
    }
    body += element("tr", line) + Markup::raw("\n");
  }
  const Markup table =
      element("table", element("caption", Markup::text(caption)) + element("thead", element("tr", top)) +
                           Markup::raw("\n") + element("tbody", body));
  // Keyboards can reach and scroll it.
  return element("div", table,
                 {{"class", "scroll"}, {"role", "region"}, {"tabindex", "0"}, {"aria-label", caption}}) +
         Markup::raw("\n");
}

Markup section(const std::string& id, const std::string& title, const Markup& inside) {
  if (inside.empty()) return {};
  return element("section", element("h2", Markup::text(title), {{"id", id}}) + Markup::raw("\n") + inside,
                 {{"aria-labelledby", id}}) +
         Markup::raw("\n");
}

}  // namespace rootseal::report
