#include "report/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <string_view>

#include "core/secret.hpp"

namespace rootseal::report {
namespace {

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::optional<double> epoch_seconds(const std::string& text) {
  std::tm time{};
  int milliseconds = 0;
  char zone = 0;
  const int read =
      std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d.%3d%c", &time.tm_year, &time.tm_mon, &time.tm_mday,
                  &time.tm_hour, &time.tm_min, &time.tm_sec, &milliseconds, &zone);
  if (read != 8 || zone != 'Z') return std::nullopt;
  time.tm_year -= 1900;
  time.tm_mon -= 1;
  return static_cast<double>(timegm(&time)) + milliseconds / 1000.0;
}

}  // namespace

std::string without_colours(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t to = at;
    for (const std::string_view start : {"\x1b[", "\\x1b["}) {
      if (text.compare(at, start.size(), start) == 0) to = at + start.size();
    }
    if (to > at) {
      const std::size_t end = text.find_first_not_of("0123456789;:", to);
      if (end != std::string::npos && (text[end] == 'm' || text[end] == 'K')) {
        at = end + 1;
        continue;
      }
    }
    out += text[at++];
  }
  return out;
}

std::string one_line(const std::string& text, std::size_t limit) {
  std::string line = core::UntrustedText(without_colours(text)).printable(limit);
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return line;
}

std::string xml(const std::string& text, std::size_t limit) {
  std::string out;
  for (const char c : core::UntrustedText(without_colours(text)).printable(limit)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\n':
        out += "&#10;";
        break;
      case '\t':
        out += "&#9;";
        break;
      default:
        out += c;
    }
  }
  // U+FFFE and U+FFFF are valid UTF-8 and forbidden in XML.
  return replaced(replaced(out, "\xef\xbf\xbe", "\\ufffe"), "\xef\xbf\xbf", "\\uffff");
}

std::string markdown_text(const std::string& text, std::size_t limit) {
  const std::string line = one_line(text, limit);
  const auto is_word = [&](std::size_t at) {
    return at < line.size() && std::isalnum(static_cast<unsigned char>(line[at])) != 0;
  };
  std::string out;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool inside_word = line[i] == '_' && i > 0 && is_word(i - 1) && is_word(i + 1);
    if (!inside_word && std::string("\\`*_[]|~#").find(line[i]) != std::string::npos) out += '\\';
    out += line[i] == '<' ? "&lt;" : std::string(1, line[i]);
  }
  return out;
}

std::string sentence(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

std::string padded(const std::string& text, std::size_t columns) {
  const std::size_t has = width(text);
  return has < columns ? text + std::string(columns - has, ' ') : text;
}

std::string ratio(double value) { return fmt::format("{:.3f}", value); }

std::string interval(const record::Interval& interval) {
  return fmt::format("{} ({} to {})", ratio(interval.ratio), ratio(interval.ci_low), ratio(interval.ci_high));
}

namespace {

// Of 1024: "512 B", "8.0 kiB".
std::string bytes(double value) {
  constexpr std::array kUnits{"B", "kiB", "MiB", "GiB"};
  std::size_t unit = 0;
  for (; unit + 1 < kUnits.size() && std::abs(value) >= 1024; ++unit) value /= 1024;
  return unit == 0 ? fmt::format("{:.0f} B", value) : fmt::format("{:.1f} {}", value, kUnits[unit]);
}

// What takes half a second or more is easier to grasp by that: "1 /s" may be anything from 0.7 to 2 s.
std::string rate(double value) {
  if (value > 0 && value < 2) return fmt::format("{:.2f} s an operation", 1 / value);
  return fmt::format("{:.{}f} /s", value, value > 0 && value < 100 ? 1 : 0);
}

}  // namespace

std::string quantity(double value, const std::string& unit) {
  if (unit == "1/s") return rate(value);
  if (unit == "B" || unit == "B/op") return bytes(value) + unit.substr(1);
  if (unit != "s" && unit != "s/op") return fmt::format("{:g} {}", value, unit);
  const std::string per = unit == "s/op" ? "/op" : "";
  if (value < 1e-3) return fmt::format("{:.1f} us{}", value * 1e6, per);
  if (value < 1) return fmt::format("{:.2f} ms{}", value * 1e3, per);
  return fmt::format("{:.2f} s{}", value, per);
}

std::string plural(std::size_t count, const std::string& one, const std::string& many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

std::optional<double> seconds_between(const std::string& started, const std::string& finished) {
  const auto from = epoch_seconds(started);
  const auto to = epoch_seconds(finished);
  if (!from || !to) return std::nullopt;
  return *to - *from;
}

std::string duration(double seconds) {
  if (seconds < 60) return fmt::format("{:.1f} s", seconds);
  const auto whole = std::llround(seconds);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

std::vector<std::size_t> column_widths(const std::vector<std::vector<std::string>>& rows, std::size_t limit) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], std::min(width(row[i]), limit));
  }
  return widths;
}

std::vector<std::string> aligned(const std::vector<std::vector<std::string>>& rows) {
  const auto widths = column_widths(rows);
  std::vector<std::string> lines;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += padded(row[i], widths[i] + 2);
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace rootseal::report
