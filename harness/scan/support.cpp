#include <fcntl.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "scan/verb.hpp"

namespace rootseal::scan {
namespace {

bool on_noexec_mount(const std::string& path) {
  struct statvfs facts {};
  std::string place = path;
  while (!place.empty()) {
    if (statvfs(place.c_str(), &facts) == 0) return (facts.f_flag & ST_NOEXEC) != 0;
    const std::size_t slash = place.rfind('/');
    if (slash == std::string::npos || place == "/") return false;
    place = slash == 0 ? "/" : place.substr(0, slash);
  }
  return false;
}

// Length of the UTF-8 sequence at the start of `text`, 0 when there is none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  std::size_t length = 0;
  if (byte(0) >= 0xC2 && byte(0) <= 0xDF) length = 2;
  if (byte(0) >= 0xE0 && byte(0) <= 0xEF) length = 3;
  if (byte(0) >= 0xF0 && byte(0) <= 0xF4) length = 4;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return 0;
  }
  if (byte(0) == 0xE0 && byte(1) < 0xA0) return 0;
  if (byte(0) == 0xED && byte(1) > 0x9F) return 0;
  if (byte(0) == 0xF0 && byte(1) < 0x90) return 0;
  if (byte(0) == 0xF4 && byte(1) > 0x8F) return 0;
  return length;
}

std::string escaped(const char* format, unsigned value) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
}

}  // namespace

std::map<std::string, Verb>& verbs() {
  static std::map<std::string, Verb> all;
  return all;
}

std::string errno_name(int error) {
  if (error == 0) return "";
  const char* name = strerrorname_np(error);
  return name == nullptr ? "E" + std::to_string(error) : name;
}

Answer refused(const std::string& path, const std::string& call) {
  Answer answer;
  answer.error = errno;
  answer.path = path;
  answer.detail = call + ": " + std::strerror(answer.error);
  answer.more = on_noexec_mount(path) ? ",\"noexec\":true" : "";
  return answer;
}

Answer done(const std::string& path, const std::string& detail) { return {true, path, 0, detail, ""}; }

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    std::size_t length = 1;
    if (byte == '"' || byte == '\\') {
      out += {'\\', text[i]};
    } else if (byte < 0x20 || byte == 0x7F) {
      out += escaped("\\u%04x", byte);
    } else if (byte < 0x80) {
      out += text[i];
    } else if (length = utf8_length(text.substr(i)); length > 0) {
      out += text.substr(i, length);
    } else {
      out += escaped("\\\\x%02x", byte);
      length = 1;
    }
    i += length;
  }
  return out + "\"";
}

bool may_write(int directory, const char* name, bool also_search) {
  const int mode = also_search ? W_OK | X_OK : W_OK;
  const long answer = syscall(SYS_faccessat2, directory, name, mode, AT_EACCESS);
  if (answer == 0) return true;
  // Older kernels, and older seccomp profiles, know only the call that asks for the real ids: ours are the
  // same.
  if (errno != ENOSYS && errno != EPERM) return false;
  return syscall(SYS_faccessat, directory, name, mode) == 0;
}

int try_to_create_in(const std::string& directory) {
  const std::string slash = directory.empty() || directory.back() == '/' ? "" : "/";
  const std::string path = directory + slash + ".rootseal-scan-" + std::to_string(getpid());
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return errno;
  close(fd);
  return unlink(path.c_str()) == 0 ? 0 : errno;
}

}  // namespace rootseal::scan
