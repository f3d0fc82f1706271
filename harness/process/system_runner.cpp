#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <optional>

#include "core/cancel.hpp"
#include "core/deadline.hpp"
#include "core/error.hpp"
#include "process/command.hpp"
#include "process/spawn.hpp"

namespace rootseal::process {
namespace {

using core::Milliseconds;

constexpr Milliseconds kTick{50};          // how often cancellation is looked at
constexpr Milliseconds kTickNoNotice{10};  // where the kernel does not tell of the end
constexpr Milliseconds kDrain{200};        // for output after the end, when something else holds it open
constexpr std::size_t kChunk = 64U << 10U;

void make_nonblocking(const Fd& fd) { ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK); }

// One running program: feeds and drains it until it has ended. Kills its group and reaps it when left early.
class Run {
 public:
  explicit Run(const Command& command) : command_(command) {
    Pipe in = make_pipe();
    Pipe out = make_pipe();
    Pipe err = make_pipe();
    Spawn program{command.argv, command.environment, {}};
    const int err_end = command.merge_streams ? out.write.get() : err.write.get();
    program.descriptors = {{0, in.read.get()}, {1, out.write.get()}, {2, err_end}};
    pid_ = spawn(program);
    notice_ = end_notice(pid_);
    in_ = std::move(in.write);
    out_ = std::move(out.read);
    if (!command.merge_streams) err_ = std::move(err.read);
    make_nonblocking(in_);
    make_nonblocking(out_);
    if (err_.open()) make_nonblocking(err_);
    if (command.input.empty()) in_.reset();
  }
  ~Run() {
    if (pid_ <= 0) return;
    kill_group(pid_);
    try {
      reap(pid_);
    } catch (const core::HarnessError&) {  // somebody else reaped it: it is gone, which is all we want
    }
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  Outcome finish();

 private:
  void wait_for_something(Milliseconds at_most);
  void feed();
  bool drain(Fd& fd, std::string& into);
  [[nodiscard]] bool drained() const { return !out_.open() && !err_.open(); }
  void end(Outcome& outcome, std::chrono::steady_clock::time_point began);

  const Command& command_;
  pid_t pid_ = -1;
  Fd in_, out_, err_, notice_;
  std::size_t fed_ = 0;
  Outcome outcome_;
};

void Run::wait_for_something(Milliseconds at_most) {
  std::array<pollfd, 4> set{};
  set[0] = {in_.get(), POLLOUT, 0};
  set[1] = {out_.get(), POLLIN, 0};
  set[2] = {err_.get(), POLLIN, 0};
  set[3] = {notice_.get(), POLLIN, 0};
  const Milliseconds tick = notice_.open() ? kTick : kTickNoNotice;
  ::poll(set.data(), set.size(), static_cast<int>(std::clamp(at_most, Milliseconds(0), tick).count()));
}

void Run::feed() {
  while (in_.open() && fed_ < command_.input.size()) {
    const ssize_t n = ::write(in_.get(), command_.input.data() + fed_, command_.input.size() - fed_);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return;
    if (n < 0) break;  // it no longer reads
    fed_ += static_cast<std::size_t>(n);
  }
  in_.reset();
}

// Reads what is there; true when something was.
bool Run::drain(Fd& fd, std::string& into) {
  std::array<char, kChunk> chunk;
  bool some = false;
  // Bounded, so that a program that never stops talking cannot keep us from its limit.
  for (int i = 0; fd.open() && i < 64; ++i) {
    const ssize_t n = ::read(fd.get(), chunk.data(), chunk.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) break;
    if (n <= 0) {
      fd.reset();
      break;
    }
    some = true;
    const std::size_t keep = std::min(static_cast<std::size_t>(n), command_.max_output - into.size());
    into.append(chunk.data(), keep);
    if (keep < static_cast<std::size_t>(n)) outcome_.truncated = true;
  }
  return some;
}

void Run::end(Outcome& outcome, std::chrono::steady_clock::time_point began) {
  const Ending ending = reap(pid_);
  pid_ = -1;
  outcome.exit_code = ending.exit_code;
  outcome.signal = ending.signal;
  outcome.took = std::chrono::steady_clock::now() - began;
}

Outcome Run::finish() {
  const auto began = std::chrono::steady_clock::now();
  const core::Deadline limit = core::Deadline::after(command_.limit);
  std::optional<core::Deadline> drain_until;
  while (true) {
    if (core::cancelled()) throw core::Interrupted("running " + command_.argv.front());
    feed();
    const bool out_came = drain(out_, outcome_.out);
    const bool err_came = drain(err_, outcome_.err);
    if (!drain_until && ended(pid_)) drain_until = core::Deadline::after(kDrain);
    if (drain_until && (drained() || drain_until->expired())) break;
    if (!drain_until && limit.expired()) {
      outcome_.timed_out = true;
      kill_group(pid_);
      drain_until = core::Deadline::after(kDrain);
    }
    if (out_came || err_came) continue;
    if (drain_until) notice_.reset();  // it stays readable: do not spin on it
    wait_for_something(drain_until ? drain_until->remaining() : limit.remaining());
  }
  end(outcome_, began);
  return std::move(outcome_);
}

}  // namespace

Outcome SystemRunner::run(const Command& command) {
  if (core::cancelled())
    throw core::Interrupted("running " + (command.argv.empty() ? "" : command.argv.front()));
  const SigpipeBlock no_sigpipe;
  Run run(command);
  return run.finish();
}

}  // namespace rootseal::process
