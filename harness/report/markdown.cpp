#include "report/markdown.hpp"

#include <fmt/format.h>

#include "report/answers.hpp"
#include "report/report.hpp"
#include "report/text.hpp"

namespace rootseal::report {
namespace {

using record::Record;
using Rows = std::vector<std::vector<std::string>>;

std::string head(const Record& record) {
  const auto& run = record.run;
  const auto took = seconds_between(run.started, run.finished);
  std::string out = fmt::format("# rootseal: {}\n\n", headline(run));
  out +=
      "What a read-only root filesystem does to a database and a message broker in containers: do they work, "
      "do they "
      "recover, what can an attacker inside still write, and what does it cost.\n\n";
  out += fmt::format("Run `{}`, size {}, seed {}, started {}{}.\n", run.id, run.size, run.seed, run.started,
                     took ? ", took " + duration(*took) : ", did not end");
  return out;
}

// Residual risks of candidates for which somebody named a remedy: each remedy once.
std::vector<std::string> remedies(const Record& record) {
  std::vector<std::string> all;
  for (const auto& row : record.attacks) {
    const bool open = row.classification == "residual-risk" && row.role == "candidate" && !row.throwaway;
    if (!open || row.remedy.empty()) continue;
    all.push_back(fmt::format("{} as {} still succeeds on {} ({}). What would stop it: {}.", row.id,
                              row.identity, row.stack, markdown_text(row.title), markdown_text(row.remedy)));
  }
  return all;
}

std::string decide(const Record& record) {
  std::string out = "\n## What to decide first\n\n";
  if (record.run.verdict == record::RunVerdict::interrupted) {
    out +=
        "- This run was interrupted. What it did not get to is not known: run it again before deciding "
        "anything.\n";
  }
  for (const auto& reason : record.run.reasons) out += "- " + markdown_text(reason, 600) + "\n";
  const auto open = remedies(record);
  for (const auto& text : open) out += "- " + text + "\n";
  if (record.run.verdict == record::RunVerdict::pass) {
    out += "- Nothing failed and nothing was left open: the candidates below do what they claim.\n";
  }
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
  return out + "\nThroughput: 1.0 = as on baseline, with the 95 % interval over launches.\n";
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

std::string claims(const Record& record) {
  Rows rows;
  for (const auto& stack : record.stacks) {
    for (const auto& claim : stack.claims) {
      const char* holds = !claim.holds ? "not established" : *claim.holds ? "holds" : "**does not hold**";
      rows.push_back({stack.id, markdown_text(claim.name + ": " + claim.value), holds,
                      markdown_text(claim.evidence, 200)});
    }
  }
  if (rows.empty()) return "";
  return "\n## Claims, verified in the running containers\n\n" + table({"stack", "claim", "", "seen"}, rows);
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

std::string table(const std::vector<std::string>& head, const Rows& rows) {
  const auto line = [](const std::vector<std::string>& cells) {
    return fmt::format("| {} |\n", fmt::join(cells, " | "));
  };
  std::string out = line(head) + line(std::vector<std::string>(head.size(), "---"));
  for (const auto& row : rows) out += line(row);
  return out;
}

std::string markdown(const Record& record) {
  return head(record) + decide(record) + four_answers(record) + checks(record) + attacks_section(record) +
         claims(record) + findings(record) + cost_section(record) + scope_section(record) + limits_section();
}

}  // namespace rootseal::report
