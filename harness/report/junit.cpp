#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "report/answers.hpp"
#include "report/report.hpp"
#include "report/text.hpp"

namespace rootseal::report {
namespace {

using record::Record;
using record::Verdict;

struct Case {
  std::string name;
  double seconds = 0;
  Verdict verdict = Verdict::pass;
  std::string message;
  std::string output;
};

struct Suite {
  std::string suite;
  std::string stack;
  std::vector<Case> cases;
};

void append(std::string& text, const std::string& more) {
  if (more.empty()) return;
  text += (text.empty() ? "" : "\n") + more;
}

// What happens on a specimen is a finding, never a failure of the run: shown as skipped, with what was seen.
void soften_specimen(Case& each) {
  if (each.verdict != Verdict::fail && each.verdict != Verdict::inconclusive) return;
  each.message = "specimen, a finding and not a failure: " + each.message;
  each.verdict = Verdict::skipped;
}

class Suites {
 public:
  explicit Suites(const Record& record) : record_(record) {
    for (const char* suite : {"function", "recovery", "security", "performance", "workflow"}) {
      for (const auto& stack : record.stacks) at(suite, stack.id);
    }
    for (const auto& check : record.checks) add(check);
    for (const auto& attack : record.attacks) add(attack);
    for (const auto& comparison : record.comparisons) add(comparison);
    add_run();
  }
  [[nodiscard]] std::vector<Suite> take() {
    std::erase_if(suites_, [](const Suite& suite) { return suite.cases.empty(); });
    return std::move(suites_);
  }

 private:
  Suite& at(const std::string& suite, const std::string& stack) {
    const auto found = std::find_if(suites_.begin(), suites_.end(), [&](const Suite& each) {
      return each.suite == suite && each.stack == stack;
    });
    return found != suites_.end() ? *found : suites_.emplace_back(Suite{suite, stack, {}});
  }

  // A name stands once in a suite: of a check that was made several times the worst verdict counts.
  void put(const std::string& suite, const std::string& stack, Case each) {
    if (role_of(record_, stack) == "specimen") soften_specimen(each);
    each.name += fmt::format(" [{}]", stack);
    auto& cases = at(suite, stack).cases;
    const auto known =
        std::find_if(cases.begin(), cases.end(), [&](const Case& c) { return c.name == each.name; });
    if (known == cases.end()) {
      cases.push_back(std::move(each));
      return;
    }
    known->verdict = record::worst(known->verdict, each.verdict);
    known->seconds += each.seconds;
    append(known->message, each.message);
    append(known->output, each.output);
  }

  void add(const record::Check& check) {
    put(check.suite, check.stack,
        {check.id, check.seconds, check.verdict, check.message,
         fmt::format("{}", fmt::join(check.evidence, "\n"))});
  }

  void add(const record::Attack& row) {
    if (row.throwaway) return;  // it shows that an attack can work, and is judged by that alone
    Case each{fmt::format("{} {} as {}", row.id, row.title, row.identity), row.seconds, row.verdict, "", ""};
    const std::string seen = to_text(row.observed) + (row.stopped_by.empty() ? "" : " by " + row.stopped_by);
    if (row.must_be_blocked_by.empty()) {
      each.output = fmt::format("recorded: {}; nothing that this profile claims must block it", seen);
    } else {
      each.output = fmt::format("must be blocked by {}; {}", fmt::join(row.must_be_blocked_by, ", "), seen);
    }
    append(each.output, fmt::format("class: {}; credit of the read-only root: {} ({})", row.classification,
                                    row.credit.given ? "yes" : "no", row.credit.reason));
    append(each.output,
           row.liveness.seen ? "seen to succeed on " + row.liveness.where : "never seen to succeed");
    append(each.output, fmt::format("{}", fmt::join(row.evidence, "\n")));
    if (row.verdict != Verdict::pass) {
      each.message = row.note.empty()
                         ? fmt::format("{}, {}", seen, row.liveness.seen ? "live" : "never seen to succeed")
                         : fmt::format("{}: {}", seen, row.note);
    }
    put("security", row.stack, std::move(each));
  }

  void add(const record::Comparison& row) {
    if (!row.judged || !row.verdict) return;
    const std::string figure = row.interval ? interval(*row.interval) : "no interval";
    put("performance", row.stack,
        {fmt::format("{} {}", row.workload, row.metric), 0, *row.verdict,
         *row.verdict == Verdict::pass ? "" : fmt::format("{} against {}; {}", figure, row.against, row.note),
         fmt::format("{} against {}, margin {:g}; {}", figure, row.against, row.margin, row.note)});
  }

  // One case for the run itself, so that this file is never greener than the exit status.
  void add_run() {
    using record::RunVerdict;
    const RunVerdict seen = record_.run.verdict;
    const Verdict verdict = seen == RunVerdict::pass   ? Verdict::pass
                            : seen == RunVerdict::fail ? Verdict::fail
                                                       : Verdict::inconclusive;
    const std::string why = fmt::format("{}", fmt::join(record_.run.reasons, "\n"));
    auto& cases = at("run", "").cases;
    cases.push_back(
        {"verdict", seconds_between(record_.run.started, record_.run.finished).value_or(0), verdict,
         verdict == Verdict::pass ? "" : headline(record_) + (why.empty() ? "" : ":\n" + why), ""});
  }

  const Record& record_;
  std::vector<Suite> suites_;
};

struct Count {
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
  double seconds = 0;
  void add(const Case& each) {
    ++tests;
    failures += each.verdict == Verdict::fail ? 1 : 0;
    errors += each.verdict == Verdict::inconclusive ? 1 : 0;
    skipped += each.verdict == Verdict::skipped ? 1 : 0;
    seconds += each.seconds;
  }
  [[nodiscard]] std::string attributes() const {
    return fmt::format(R"(tests="{}" failures="{}" errors="{}" skipped="{}" time="{:.3f}")", tests, failures,
                       errors, skipped, seconds);
  }
};

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string outcome(const Case& each) {
  const auto element = [&](const char* name, const char* type) {
    return fmt::format("      <{0} message=\"{1}\" type=\"{2}\">{3}</{0}>\n", name,
                       xml(first_line(each.message), 400), type, xml(each.message));
  };
  switch (each.verdict) {
    case Verdict::fail:
      return element("failure", "fail");
    case Verdict::inconclusive:
      return element("error", "inconclusive");
    case Verdict::skipped:
      return fmt::format("      <skipped message=\"{}\"/>\n", xml(each.message, 400));
    case Verdict::pass:
      return "";
  }
  return "";
}

std::string render(const Case& each, const std::string& class_name) {
  std::string inside = outcome(each);
  if (!each.output.empty()) inside += fmt::format("      <system-out>{}</system-out>\n", xml(each.output));
  const std::string head = fmt::format(R"(    <testcase classname="{}" name="{}" time="{:.3f}")",
                                       xml(class_name), xml(each.name), each.seconds);
  return inside.empty() ? head + "/>\n" : head + ">\n" + inside + "    </testcase>\n";
}

std::string properties(const Record& record, const Suite& suite) {
  std::vector<std::pair<std::string, std::string>> all{{"run", record.run.id},
                                                       {"seed", std::to_string(record.run.seed)},
                                                       {"size", record.run.size},
                                                       {"kernel", record.environment.kernel},
                                                       {"docker", record.environment.docker}};
  for (const auto& stack : record.stacks) {
    if (stack.id != base_of(suite.stack)) continue;
    all.insert(all.end(), {{"role", stack.role},
                           {"image", stack.image.reference},
                           {"digest", stack.image.digest},
                           {"image origin", origin(stack.image)}});
  }
  std::string out = "    <properties>\n";
  for (const auto& [name, value] : all) {
    out += fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", xml(name), xml(value));
  }
  return out + "    </properties>\n";
}

std::string render(const Record& record, const Suite& suite) {
  Count count;
  for (const auto& each : suite.cases) count.add(each);
  const std::string name = suite.stack.empty() ? suite.suite : suite.suite + " " + suite.stack;
  const std::string class_name = "rootseal." + suite.suite + (suite.stack.empty() ? "" : "." + suite.stack);
  // The form of JUnit's schema has no fraction of a second and no zone.
  std::string out = fmt::format("  <testsuite name=\"{}\" {} timestamp=\"{}\" hostname=\"localhost\">\n",
                                xml(name), count.attributes(), xml(record.run.started.substr(0, 19)));
  out += properties(record, suite);
  for (const auto& each : suite.cases) out += render(each, class_name);
  return out + "  </testsuite>\n";
}

}  // namespace

std::string junit(const Record& record) {
  const std::vector<Suite> suites = Suites(record).take();
  Count count;
  for (const auto& suite : suites) {
    for (const auto& each : suite.cases) {
      if (suite.suite == "run") {
        Case without_time = each;
        without_time.seconds = 0;  // the others are inside it
        count.add(without_time);
      } else {
        count.add(each);
      }
    }
  }
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out += fmt::format("<testsuites name=\"rootseal\" {}>\n", count.attributes());
  for (const auto& suite : suites) out += render(record, suite);
  return out + "</testsuites>\n";
}

}  // namespace rootseal::report
