#include "service/ready.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <utility>

#include "core/cancel.hpp"
#include "core/text.hpp"

namespace rootseal::service {
namespace {

constexpr const char* kStep = "waiting for a query to succeed";
constexpr std::size_t kLogLines = 5;

std::string log_of(const Candidate& candidate) {
  try {
    const std::string lines = last_lines(candidate.logs(), kLogLines);
    return lines.empty() ? "it logged nothing" : "last log lines: " + lines;
  } catch (const core::Interrupted&) {
    throw;
  } catch (const core::HarnessError& error) {
    return std::string("its log cannot be had: ") + error.what();
  }
}

void throw_if_dead(const Candidate& candidate) {
  const engine::State state = candidate.state();
  if (state.running) return;
  std::string what = fmt::format("container exited with code {}", state.exit_code);
  if (state.oom_killed) what += ", killed for want of memory";
  if (!state.error.empty()) what += ", " + core::UntrustedText(state.error).printable(400);
  throw ServerError({kStep, candidate.subject, fmt::format("{} ({})", what, log_of(candidate)), ""});
}

// A fault of one try is a reason to try again: a container that is coming up has no port yet.
std::string try_once(const Candidate& candidate) {
  try {
    return candidate.probe();
  } catch (const core::Interrupted&) {
    throw;
  } catch (const core::HarnessError& error) {
    return error.what();
  }
}

}  // namespace

std::string last_lines(const std::string& log, std::size_t count) {
  std::vector<std::string> kept;
  for (const auto& line : core::split(log, '\n')) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    kept.push_back(core::UntrustedText(line).last_line());
  }
  if (kept.size() > count) kept.erase(kept.begin(), kept.end() - static_cast<std::ptrdiff_t>(count));
  return core::join(kept, " | ");
}

std::function<std::string()> patient_probe(const core::Deadline& deadline,
                                           std::function<std::string(const core::Deadline&)> probe,
                                           core::Milliseconds first_try) {
  return [deadline, probe = std::move(probe), one_try = first_try]() mutable {
    const auto until = deadline.at_most(one_try);
    auto why = probe(until);
    if (until.expired()) one_try *= 2;
    return why;
  };
}

void wait_ready(const Candidate& candidate, const core::Deadline& deadline, core::Milliseconds pause) {
  const auto started = core::Deadline::Clock::now();
  std::string reason = "never tried";
  const auto probe = [&] {
    reason = try_once(candidate);
    if (reason.empty()) return core::Wait::done;
    throw_if_dead(candidate);
    return core::Wait::again;
  };
  if (core::wait_until(probe, deadline, pause)) return;
  throw ServerError(
      {kStep, candidate.subject,
       fmt::format("no success within {}: {} ({})", core::in_seconds(core::Deadline::Clock::now() - started),
                   reason, log_of(candidate)),
       ""});
}

void wait_ready(const Service& service, const std::function<Target()>& target,
                const engine::Container& container, const core::Deadline& deadline,
                const std::string& subject) {
  Candidate candidate;
  candidate.subject =
      subject.empty() ? service.description().name + " " + container.id().substr(0, 12) : subject;
  // Asking the engine costs a tenth of a second of CPU time, which the server that boots could use: while the
  // process of the last answer is there, the answer holds; the published port changes only with a start.
  engine::State last;
  std::optional<Target> reached;
  candidate.state = [&] {
    const bool still_there =
        last.running && last.pid > 0 && std::filesystem::exists(fmt::format("/proc/{}", last.pid));
    if (!still_there) last = container.state();
    return last;
  };
  candidate.logs = [&] { return container.logs(40); };
  candidate.probe = patient_probe(deadline, [&](const core::Deadline& until) {
    if (!reached) reached = target();
    return service.probe(*reached, until);
  });
  wait_ready(candidate, deadline);
}

}  // namespace rootseal::service
