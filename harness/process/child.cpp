#include "process/child.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>

#include "core/cancel.hpp"
#include "core/error.hpp"
#include "process/spawn.hpp"

namespace rootseal::process {
namespace {

constexpr core::Milliseconds kLookEvery{50};
// For what the child wrote before it ended, when something that it started still holds descriptor 3 open.
constexpr core::Milliseconds kDrainDescriptor{200};

}  // namespace

struct Child::Impl {
  Options options;
  pid_t pid = -1;
  Fd replies, results;
  std::string buffer;
  std::size_t searched = 0;  // bytes of `buffer` known to hold no end of line
  std::optional<Ended> ended;

  [[nodiscard]] bool take_line(std::string& line);
  [[nodiscard]] bool take_rest(std::string& line);
  void read_some(core::Milliseconds at_most);
  void check_length() const;
};

bool Child::Impl::take_line(std::string& line) {
  const std::size_t end = buffer.find('\n', searched);
  if (end == std::string::npos) {
    searched = buffer.size();
    return false;
  }
  line = buffer.substr(0, end);
  buffer.erase(0, end + 1);
  searched = 0;
  return true;
}

bool Child::Impl::take_rest(std::string& line) {
  if (buffer.empty()) return false;
  line = std::move(buffer);
  buffer.clear();
  searched = 0;
  return true;
}

void Child::Impl::read_some(core::Milliseconds at_most) {
  pollfd set{results.get(), POLLIN, 0};
  if (::poll(&set, 1, static_cast<int>(std::min(at_most, kLookEvery).count())) <= 0) return;
  std::array<char, 64U << 10U> chunk;
  const ssize_t n = ::read(results.get(), chunk.data(), chunk.size());
  if (n < 0 && errno == EINTR) return;
  if (n <= 0) {
    results.reset();
    return;
  }
  buffer.append(chunk.data(), static_cast<std::size_t>(n));
}

void Child::Impl::check_length() const {
  if (buffer.size() <= options.max_line) return;
  throw core::HarnessError({"reading its results", options.argv.front(),
                            fmt::format("a line of more than {} bytes", options.max_line),
                            "see " + options.log_file.string()});
}

Child::Child(Options options) : impl_(std::make_unique<Impl>()) {
  impl_->options = std::move(options);
  Pipe replies = make_pipe();
  Pipe results = make_pipe();
  const Fd log = open_file(impl_->options.log_file.string(), O_WRONLY | O_APPEND | O_CREAT);
  Spawn program{impl_->options.argv, impl_->options.environment, {}};
  program.descriptors = {
      {0, replies.read.get()}, {1, log.get()}, {2, log.get()}, {kResultsFd, results.write.get()}};
  impl_->pid = spawn(program);
  impl_->replies = std::move(replies.write);
  impl_->results = std::move(results.read);
  ::fcntl(impl_->replies.get(), F_SETFL, O_NONBLOCK);
}

Child::~Child() {
  if (impl_->ended) return;
  kill();
  try {
    reap(impl_->pid);
  } catch (const core::HarnessError&) {  // somebody else reaped it: it is gone, which is all we want
  }
}

Child::Event Child::next_line(std::string& line, const core::Deadline& deadline) {
  std::optional<core::Deadline> drain_until;
  while (true) {
    if (impl_->take_line(line)) return Event::line;
    if (!impl_->results.open()) return impl_->take_rest(line) ? Event::line : Event::closed;
    try {
      impl_->check_length();
    } catch (const core::HarnessError&) {
      kill();
      throw;
    }
    core::throw_if_cancelled("waiting for " + impl_->options.argv.front());
    if (!drain_until && (impl_->ended || ended(impl_->pid)))
      drain_until = core::Deadline::after(kDrainDescriptor);
    if (drain_until && drain_until->expired()) impl_->results.reset();
    if (!impl_->results.open()) continue;
    if (deadline.expired()) return Event::timeout;
    impl_->read_some(deadline.remaining());
  }
}

void Child::send_line(const std::string& line) {
  const SigpipeBlock no_sigpipe;
  const std::string text = line + "\n";
  std::size_t sent = 0;
  while (impl_->replies.open() && sent < text.size()) {
    const ssize_t n = ::write(impl_->replies.get(), text.data() + sent, text.size() - sent);
    if (n > 0) {
      sent += static_cast<std::size_t>(n);
    } else if (errno == EAGAIN) {  // it is slow to read; when it has ended, writing fails
      core::throw_if_cancelled("answering " + impl_->options.argv.front());
      pollfd set{impl_->replies.get(), POLLOUT, 0};
      ::poll(&set, 1, static_cast<int>(kLookEvery.count()));
    } else if (errno != EINTR) {
      impl_->replies.reset();
    }
  }
}

std::optional<Child::Ended> Child::wait(const core::Deadline& deadline) {
  if (impl_->ended) return impl_->ended;
  impl_->replies.reset();
  const Fd notice = end_notice(impl_->pid);
  while (!ended(impl_->pid)) {
    core::throw_if_cancelled("waiting for the end of " + impl_->options.argv.front());
    if (deadline.expired()) return std::nullopt;
    pollfd set{notice.get(), POLLIN, 0};
    const core::Milliseconds tick = notice.open() ? kLookEvery : core::Milliseconds(10);
    ::poll(&set, 1, static_cast<int>(std::min(deadline.remaining(), tick).count()));
  }
  const Ending ending = reap(impl_->pid);
  impl_->ended = Ended{ending.exit_code, ending.signal};
  return impl_->ended;
}

void Child::kill() {
  if (!impl_->ended) kill_group(impl_->pid);
}

int Child::pid() const { return impl_->pid; }

}  // namespace rootseal::process
