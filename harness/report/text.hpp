// report/text: how numbers and untrusted texts are shown. Pure; thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "record/record.hpp"

namespace rootseal::report {

// Without what makes a terminal write in colour ("\x1b[1;31m", "\x1b[K"), also where the record already has
// it in printable form: in a quoted line of a log it is noise. one_line() and xml() do it, and so everything
// that is shown.
std::string without_colours(const std::string& text);
// Printable, one line (newlines become spaces), at most `limit` bytes.
std::string one_line(const std::string& text, std::size_t limit = 400);
// For the inside of an XML element or attribute: printable, escaped, no character that XML 1.0 forbids.
std::string xml(const std::string& text, std::size_t limit = 20000);
// For a Markdown table cell or list item: one line, nothing in it is mark-up.
std::string markdown_text(const std::string& text, std::size_t limit = 400);

std::string ratio(double value);                              // "1.004"
std::string interval(const record::Interval& interval);       // "1.004 (0.998 to 1.010)"
std::string quantity(double value, const std::string& unit);  // "20010 /s", "1.06 s an operation", "48.1 us"
std::string plural(std::size_t count, const std::string& one,
                   const std::string& many);  // "1 launch", "2 launches"
std::string upper(std::string text);

// Seconds between two times of the record; empty when one is missing or not a time.
std::optional<double> seconds_between(const std::string& started, const std::string& finished);
std::string duration(double seconds);  // "3 min 4 s", "1.9 s"

std::string sentence(std::string text);  // the first letter made a capital
std::string padded(const std::string& text, std::size_t columns);

// How wide each column must be, at most `limit`.
std::vector<std::size_t> column_widths(const std::vector<std::vector<std::string>>& rows,
                                       std::size_t limit = 1000);
// Rows of cells as lines, columns aligned, two spaces between; no space at the end of a line.
std::vector<std::string> aligned(const std::vector<std::vector<std::string>>& rows);

}  // namespace rootseal::report
