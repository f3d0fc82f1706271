// cli: rootseal report: a stored record rendered again.
#include "report/report.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "cli/verbs.hpp"
#include "core/error.hpp"
#include "core/text.hpp"
#include "record/json.hpp"
#include "run/options.hpp"

namespace rootseal::cli {
namespace {

std::filesystem::path record_file(const std::string& given) {
  const std::filesystem::path path =
      given.empty() ? run::Paths::find().home / "results/latest" : std::filesystem::path(given);
  return std::filesystem::is_directory(path) ? path / "run.json" : path;
}

const report::Format& format_named(const std::string& name) {
  std::vector<std::string> known;
  for (const auto& format : report::formats()) {
    if (format.name == name) return format;
    known.push_back(format.name);
  }
  throw core::UsageError({"reading --format", name, "unknown format", core::known_and_nearest(name, known)});
}

}  // namespace

Verb report_verb(CLI::App& program) {
  auto* app = program.add_subcommand("report", "render a stored record again, in any format, on stdout");
  auto file = std::make_shared<std::string>();
  auto format = std::make_shared<std::string>("console");
  app->add_option("record", *file, "run.json or a run's folder (default: results/latest)");
  std::vector<std::string> names;
  for (const auto& each : report::formats()) names.push_back(each.name);
  app->add_option("--format", *format, core::join(names, ", ") + " (default: console)");
  return {app, [file, format](Surroundings& /*surroundings*/) {
            const auto& chosen = format_named(*format);
            fmt::print("{}", chosen.render(record::read_record(record_file(*file))));
            return 0;
          }};
}

}  // namespace rootseal::cli
