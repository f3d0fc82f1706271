#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "report/answers.hpp"
#include "report/figures.hpp"
#include "report/html.hpp"
#include "report/scope.hpp"
#include "report/text.hpp"

namespace rootseal::report {
namespace {

using record::Record;
using record::Surface;

Cell number(std::uint64_t value) { return {Markup::text(std::to_string(value))}; }

std::vector<std::string> mounts_of(const Surface& row) {
  std::vector<std::string> lines;
  for (const auto& mount : row.mounts) {
    lines.push_back(fmt::format("{} {} {}, {}{}", mount.path, mount.type, mount.options,
                                mount.executable ? "programs run from it" : "noexec",
                                mount.size > 0 ? ", " + quantity(static_cast<double>(mount.size), "B") : ""));
  }
  return lines;
}

// What nobody meant to leave writable.
Cell undeclared(const Surface& row) {
  if (row.undeclared.empty()) return {Markup::text("nothing")};
  return {badge(Mood::bad, plural(row.undeclared.size(), "folder", "folders")) +
              evidence("which", row.undeclared),
          Mood::bad};
}

CellRow row_of(const Surface& row) {
  return {
      {Markup::text(row.stack) + element("span", Markup::text("as " + row.identity), {{"class", "where"}})},
      {Markup::text(fmt::format("{} of {}", row.writable_dirs, row.directories_seen))},
      {Markup::text(fmt::format("{} of {}", row.writable_files, row.files_seen))},
      number(row.executable_dirs),
      number(row.replaceable_executables),
      number(row.replaceable_configs),
      number(row.setuid_files),
      undeclared(row),
      {evidence("mounts", mounts_of(row)) + evidence("topmost folders", row.examples) +
       (row.note.empty() ? Markup() : evidence("how it was measured", {row.note}))}};
}

// One resource of a stack stands in the record as often as it was started: the most counts.
std::map<std::string, std::map<std::string, record::Resource>> most_of(const Record& record) {
  std::map<std::string, std::map<std::string, record::Resource>> all;
  for (const auto& row : record.resources) {
    const auto [at, is_new] = all[row.stack].try_emplace(row.name, row);
    if (!is_new) at->second.value = std::max(at->second.value, row.value);
  }
  return all;
}

}  // namespace

Markup html_surface(const Record& record) {
  std::vector<CellRow> rows;
  for (const auto& row : record.surface) {
    if (row.measured) rows.push_back(row_of(row));
  }
  Markup out = cells("counted from inside, as each identity",
                     heads({"stack", "folders it can write", "files it can write",
                            "folders to run programs from", "programs it can replace",
                            "configuration it can replace", "setuid programs", "not declared", "where"}),
                     rows);
  return section("surface", "What remains writable", out);
}

Markup html_resources(const Record& record) {
  std::vector<CellRow> rows, mounts;
  for (const auto& [stack, by_name] : most_of(record)) {
    CellRow row{{Markup::text(stack)}, {Markup::text("-")}, {Markup::text("-")}};
    for (const auto& [name, each] : by_name) {
      const Markup value = Markup::text(quantity(each.value, each.unit));
      const std::size_t colon = name.find(':');
      if (name == "memory_high_water") row[1].inside = value;
      if (name == "cpu") row[2].inside = value;
      if (colon == std::string::npos) continue;
      mounts.push_back({{Markup::text(stack)},
                        {code(name.substr(colon + 1))},
                        {Markup::text(measure_of_mount(name))},
                        {value}});
    }
    rows.push_back(std::move(row));
  }
  Markup out = cells("the most that one container of each stack took in its life",
                     heads({"stack", "memory", "CPU time"}), rows);
  if (!out.empty())
    out +=
        paragraph(prose("Do not compare these rows with each other: containers live for as long as what "
                        "is tried on them takes, and not the same is tried on each. What an operation "
                        "costs on either side, measured in turns, stands under What it costs."));
  out += cells("what the first launch left on each mount", heads({"stack", "mount", "measured", ""}), mounts);
  if (!mounts.empty()) out += paragraph(Markup::text(how_mounts_were_measured()));
  return section("resources", "Resources", out);
}

Markup html_limits(const Record& /*record*/) {
  std::vector<Markup> all;
  for (const auto& text : limits()) all.push_back(prose(text));
  return section("limits", "What a read-only root does not stop", items(all));
}

Markup html_scope(const Record& record) {
  Markup list;
  for (const auto& fact : scope_facts(record))
    list +=
        element("dt", Markup::text(fact.name)) + element("dd", Markup::text(fact.text)) + Markup::raw("\n");
  std::vector<Markup> not_tried;
  for (const auto& text : left_out(record)) not_tried.push_back(Markup::text(text));
  Markup out = element("dl", list);
  if (!not_tried.empty()) out += element("h3", Markup::text("Left out, and why")) + items(not_tried);
  return section("scope", "On what this rests", out);
}

Markup html_repeat(const Record& record) {
  const auto& run = record.run;
  Markup out =
      paragraph(Markup::text(fmt::format("rootseal {} ({}), schema {} of the record. The command was:",
                                         record.tool.version, record.tool.git, record.schema_version))) +
      element("pre", Markup::text(fmt::format("{}", fmt::join(run.argv, " ")), 4000)) +
      paragraph(prose(fmt::format(
          "Its random choices come from the seed {0}: `--seed {0}` repeats them. Everything on this page is "
          "rendered from `run.json`, which stands beside it; `scripts/rootseal report run.json --format "
          "html` "
          "renders "
          "it again.",
          run.seed)));
  return section("repeat", "How to repeat it", out);
}

}  // namespace rootseal::report
