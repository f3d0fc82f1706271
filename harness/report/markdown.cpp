#include "report/markdown.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/answers.hpp"
#include "report/decision.hpp"
#include "report/report.hpp"
#include "report/risks.hpp"
#include "report/text.hpp"
#include "report/unjudged.hpp"

namespace rootseal::report {
namespace {

using record::Record;
using Rows = std::vector<std::vector<std::string>>;

std::string heading_section(const Record& record) {
  const auto& run = record.run;
  const auto took = seconds_between(run.started, run.finished);
  std::string out = fmt::format("# rootseal: {}\n\n", headline(record));
  out +=
      "What a read-only root filesystem does to a database and a message broker in containers: do they work, "
      "do they "
      "recover, what can an attacker inside still write, and what does it cost.\n\n";
  out += fmt::format("Run `{}`, size {}, seed {}, started {}{}.\n", run.id, run.size, run.seed, run.started,
                     took ? ", took " + duration(*took) : ", did not end");
  return out;
}

// What remains on the candidates, and what would stop it.
std::vector<std::string> remedies(const Record& record) {
  std::vector<std::string> all;
  for (const Risk& risk : risks(record)) {
    std::string text = risk.name.empty()
                           ? "found: " + markdown_text(risk.title)
                           : fmt::format("{} ({}) as {}", markdown_text(risk.name), markdown_text(risk.title),
                                         markdown_text(risk.identity));
    for (const auto& note : in_words(risk.notes)) text += "; " + markdown_text(note);
    if (!risk.remedy.empty()) text += ". What would stop it: " + markdown_text(risk.remedy);
    std::vector<std::string> stacks;
    for (const auto& profile : risk.profiles) stacks.push_back(risk.server + "/" + profile);
    all.push_back(text + fmt::format(". It remains on {}.", fmt::join(stacks, ", ")));
  }
  return all;
}

std::string decide(const Record& record) {
  std::string out = "\n## What to decide first\n\n";
  for (const auto& each : decisions(record))
    out += fmt::format("- **{}**: {}.\n", each.stack, sentence(each.words));
  if (record.run.verdict == record::RunVerdict::interrupted) {
    out +=
        "- This run was interrupted. What it did not get to is not known: run it again before deciding "
        "anything.\n";
  }
  for (const auto& reason : record.run.reasons) out += "- " + sentence(markdown_text(reason, 600)) + "\n";
  for (const auto& step : to_judge_them(record)) out += "- " + sentence(markdown_text(step, 700)) + ".\n";
  for (const auto& text : remedies(record)) out += "- Remaining risk: " + text + "\n";
  return out;
}

std::string four_answers(const Record& record) {
  std::string out = "\n## The four answers\n";
  for (const auto& server : answers(record)) {
    out += fmt::format("\n**{}** from `{}` ({})\n\n", server.server, one_line(server.image.reference),
                       origin(server.image));
    Rows rows;
    for (const auto& each : server.profiles) {
      rows.push_back({fmt::format("{} ({})", each.profile, each.role), each.works, each.recovers,
                      each.attacks, each.writable, markdown_text(each.cost)});
    }
    out += table({"profile", "works", "recovers", "attacks", "who can write where", "throughput"}, rows);
  }
  return out +
         "\nThroughput: 1.0 = as on baseline, with the 95 % interval over launches. Counted are throughput "
         "and "
         "latencies of the workloads that are for judging.\n";
}

std::string checks(const Record& record) {
  Rows rows;
  for (const auto& row : record.checks) {
    if (row.verdict == record::Verdict::pass) continue;
    const bool specimen = role_of(record, row.stack) == "specimen";
    rows.push_back({to_text(row.verdict) + (specimen ? " (specimen)" : ""), markdown_text(row.id), row.stack,
                    markdown_text(row.message)});
  }
  if (rows.empty()) return "";
  return "\n## Checks that did not pass\n\n" + table({"verdict", "check", "stack", "message"}, rows);
}

// Stacks that stand beside the usual ones ("+restore", "-twin") make the same claims: they are listed only
// where one does not hold, and counted otherwise.
bool stands_beside(const record::Stack& stack) {
  return stack.id.find('+') != std::string::npos || stack.id.ends_with("-twin");
}

bool all_hold(const record::Stack& stack) {
  return std::all_of(stack.claims.begin(), stack.claims.end(),
                     [](const auto& claim) { return claim.holds == true; });
}

std::string claims(const Record& record) {
  Rows rows;
  int beside = 0;
  for (const auto& stack : record.stacks) {
    if (stands_beside(stack) && all_hold(stack)) {
      ++beside;
      continue;
    }
    for (const auto& claim : stack.claims) {
      const char* holds = !claim.holds ? "not established" : *claim.holds ? "holds" : "**does not hold**";
      rows.push_back({stack.id, markdown_text(claim.name + ": " + claim.value), holds,
                      markdown_text(claim.evidence, 200)});
    }
  }
  if (rows.empty()) return "";
  auto text = table({"stack", "claim", "", "seen"}, rows);
  if (beside > 0)
    text += fmt::format("\nAll claims hold on {} further stacks of the same profiles too.\n", beside);
  return text;
}

std::string findings(const Record& record) {
  if (record.findings.empty()) return "";
  std::string out = "\n## Findings\n\n";
  for (const auto& finding : record.findings) {
    out += fmt::format("- **{}**, {}: {}\n", finding.severity, finding.stack, markdown_text(finding.text));
    for (const auto& line : finding.evidence) out += "  - " + markdown_text(line) + "\n";
  }
  return out;
}

}  // namespace

std::string fitted(std::string text, const std::vector<Folded>& details) {
  constexpr std::size_t kMost = 1000UL * 1024;  // the summary of a CI step is refused from 1024 KiB on
  const std::string note = "\n*Cut here: a summary has its limits. The whole story is in report.html.*\n";
  if (text.size() > kMost) return text.substr(0, text.rfind('\n', kMost) + 1) + note;
  text += "\n## Details\n";
  for (const auto& each : details) {
    if (each.text.empty()) continue;
    const std::string block =
        fmt::format("\n<details><summary>{}</summary>\n\n{}\n</details>\n", each.title, each.text);
    if (text.size() + block.size() > kMost) return text + note;
    text += block;
  }
  return text;
}

std::string table(const std::vector<std::string>& head, const Rows& rows) {
  constexpr std::size_t kWidestPadding = 60;  // columns line up for those who read the text itself
  Rows all{head};
  all.insert(all.end(), rows.begin(), rows.end());
  const auto widths = column_widths(all, kWidestPadding);
  std::vector<std::string> rule;
  for (const std::size_t width : widths) rule.emplace_back(std::max<std::size_t>(width, 3), '-');
  all.insert(all.begin() + 1, rule);
  std::string out;
  for (const auto& row : all) {
    out += "|";
    for (std::size_t i = 0; i < row.size(); ++i)
      out += " " + padded(row[i], std::max<std::size_t>(widths[i], 3)) + " |";
    out += "\n";
  }
  return out;
}

std::string markdown(const Record& record) {
  std::string out = heading_section(record) + decide(record) + four_answers(record) + checks(record) +
                    findings(record) + attacks_section(record) + cost_section(record) +
                    tasks_section(record) + recommendations_section(record) + limits_section() +
                    scope_section(record);
  std::vector<Folded> details{{"Every attack", attack_details(record)},
                              {"Claims, verified in the running containers", claims(record)}};
  for (auto& workload : cost_details(record)) details.push_back(std::move(workload));
  return fitted(std::move(out), details);
}

}  // namespace rootseal::report
