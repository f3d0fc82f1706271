#include <fmt/format.h>

#include <sstream>

#include "report/answers.hpp"
#include "report/markdown.hpp"
#include "report/recommendations.hpp"
#include "report/text.hpp"
#include "verdict/recommend.hpp"

namespace rootseal::report {
namespace {

using record::Record;
using Rows = std::vector<std::vector<std::string>>;

// A block of code that nothing in it can end: each line is one line, indented.
std::string indented(const std::string& lines) {
  std::istringstream in(lines);
  std::string out;
  for (std::string line; std::getline(in, line);) out += "      " + one_line(line) + "\n";
  return out;
}

std::string instead(const record::Task& task) {
  if (task.instead.empty()) return "nothing is known";
  return markdown_text(task.instead) + (!task.instead_works   ? " (not tried)"
                                        : *task.instead_works ? " (tried, works)"
                                                              : " (tried, does **not** work)");
}

}  // namespace

std::string tasks_section(const Record& record) {
  Rows rows;
  std::size_t same = 0;
  for (const auto& task : record.tasks) {
    if (role_of(record, task.stack) != "candidate") continue;
    same += task.works ? 1 : 0;
    if (!task.works)
      rows.push_back(
          {task.stack, markdown_text(task.title), markdown_text(task.happened, 200), instead(task)});
  }
  if (rows.empty() && same == 0) return "";
  std::string out = "\n## What changes for you\n\n" + how_to_read_tasks() + "\n\n";
  if (!rows.empty())
    out += table({"stack", "what does not work as usual", "what happens", "instead"}, rows) + "\n";
  return out + fmt::format("{} on the candidates as usual.\n", plural(same, "task works", "tasks work"));
}

std::string recommendations_section(const Record& record) {
  std::string out;
  for (const auto& each : verdict::recommend(record)) {
    out += fmt::format("- **{}** ({}, {}; {}). {}\n\n{}\n", markdown_text(each.title),
                       markdown_text(each.service), markdown_text(each.kind), tried(each),
                       markdown_text(each.why, 1600), indented(each.lines));
  }
  return out.empty() ? "" : "\n## What to do\n\n" + how_to_use_recommendations() + "\n\n" + out;
}

}  // namespace rootseal::report
