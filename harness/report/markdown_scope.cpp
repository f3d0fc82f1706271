#include <fmt/format.h>

#include "report/markdown.hpp"
#include "report/scope.hpp"
#include "report/text.hpp"

namespace rootseal::report {

std::string scope_section(const record::Record& record) {
  std::string out = "\n## On what this rests\n\n" +
                    fmt::format("- rootseal {} ({}): `{}`.\n", record.tool.version, record.tool.git,
                                one_line(fmt::format("{}", fmt::join(record.run.argv, " "))));
  for (const auto& fact : scope_facts(record))
    out += fmt::format("- {}: {}.\n", markdown_text(fact.name), markdown_text(fact.text));
  for (const auto& text : left_out(record)) out += "- " + markdown_text(text, 500) + "\n";
  return out;
}

std::string limits_section() {
  std::string out = "\n## What a read-only root does not stop\n\n";
  for (const auto& text : limits()) out += "- " + text + "\n";
  return out;
}

}  // namespace rootseal::report
