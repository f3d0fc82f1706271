#include <fmt/format.h>

#include <algorithm>

#include "report/answers.hpp"
#include "report/html.hpp"
#include "report/risks.hpp"
#include "report/text.hpp"

namespace rootseal::report {
namespace {

using record::Record;

CellRow row_of(const Risk& risk) {
  Markup what = risk.name.empty() ? Markup::text("found: ")
                                  : element("strong", Markup::text(risk.name)) + Markup::raw(" ");
  what += Markup::text(risk.title) +
          element("span", Markup::text("severity " + risk.severity), {{"class", "where"}});
  for (const auto& note : in_words(risk.notes))
    what += element("span", Markup::text(note), {{"class", "where"}});
  return {{what},
          {Markup::text(risk.identity.empty() ? "-" : risk.identity)},
          {Markup::text(fmt::format("{}", fmt::join(risk.profiles, ", ")))},
          {Markup::text(risk.remedy.empty() ? "nothing was named" : risk.remedy)}};
}

}  // namespace

Markup html_risks(const Record& record) {
  const auto all = risks(record);
  if (all.empty()) return {};
  Markup out = paragraph(Markup::text(
      "What nothing on a candidate stops, and no profile claims to stop. A row is an attack by an "
      "identity, or something that was found; each profile's rows are those that its answer "
      "counts."));
  for (const auto& server : answers(record)) {
    std::vector<CellRow> rows;
    for (const Risk& risk : all) {
      if (risk.server == server.server) rows.push_back(row_of(risk));
    }
    out += cells(server.server + ": risks that remain, the gravest first",
                 heads({"risk", "as whom", "on", "what would stop it"}), rows);
  }
  return section("risks", "Risks that remain", out);
}

}  // namespace rootseal::report
