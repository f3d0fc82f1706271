#include "testing/channel.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "service/service.hpp"
#include "testing/outcome.hpp"

namespace rootseal::scenarios {
namespace {

constexpr int kResults = 3;

void write_all(int fd, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t written = ::write(fd, text.data() + done, text.size() - done);
    if (written > 0) {
      done += static_cast<std::size_t>(written);
    } else if (written < 0 && errno != EINTR) {
      ::_exit(3);
    }
  }
}

}  // namespace

Channel Channel::inherited() {
  const int flags = ::fcntl(kResults, F_GETFL);
  const bool writable = flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
  if (writable) ::fcntl(kResults, F_SETFD, FD_CLOEXEC);
  return {writable ? kResults : kNone, STDIN_FILENO};
}

void Channel::send(const wire::Message& message) {
  if (!connected()) return;
  const std::lock_guard lock(mutex_);
  write_all(out_, wire::to_line(message) + "\n");
}

wire::StackView Channel::ask(const wire::StackRequest& request, const core::Deadline& deadline) {
  wire::Message message;
  message.request = request;
  return answer_to(message, "stack " + request.like + "+" + request.tag, deadline);
}

wire::StackView Channel::ask(const wire::Recreate& request, const core::Deadline& deadline) {
  wire::Message message;
  message.recreate = request;
  return answer_to(message, "new container of " + request.stack, deadline);
}

wire::StackView Channel::answer_to(const wire::Message& message, const std::string& what,
                                   const core::Deadline& deadline) {
  if (!connected()) {
    environment_fault("needs a " + what +
                      ", which nobody is here to start: run it through `rootseal run --scenario ...`");
  }
  send(message);
  // Replies come in the order of the questions: one that nobody waited for any longer is still on its way,
  // and names another stack.
  ++awaited_;
  std::string line;
  for (; awaited_ > 0; --awaited_) line = read_line(deadline);
  const wire::StackReply reply = wire::reply_from_line(line);
  if (reply.stack) return *reply.stack;
  if (reply.server) throw service::ServerError({"starting a " + what, "", reply.error, ""});
  environment_fault("no " + what + ": " + reply.error);
}

std::string Channel::read_line(const core::Deadline& deadline) {
  while (true) {
    const auto end = unread_.find('\n');
    if (end != std::string::npos) {
      std::string line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      return line;
    }
    pollfd waiting{in_, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(deadline.remaining().count())) == 0) {
      environment_fault("waiting for a stack: no answer before the deadline");
    }
    std::array<char, 4096> chunk{};
    const ssize_t got = ::read(in_, chunk.data(), chunk.size());
    if (got == 0) environment_fault("waiting for a stack: the orchestrator closed the line");
    if (got > 0) unread_.append(chunk.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace rootseal::scenarios
