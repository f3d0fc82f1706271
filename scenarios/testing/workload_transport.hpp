// testing/workload_transport: by which way a side is reached: "netns" (over its own loopback,
// workload_netns.hpp), "socket" (its unix socket, through /proc/<pid>/root), "published" (through the
// engine's proxy, which is then part of the figure). Functions; thread-safe.
#pragma once

#include <filesystem>
#include <string>

namespace rootseal::workload {

// Empty: it works. Else why not.
struct Ways {
  std::string why_no_netns;
  std::string why_no_socket;
};

struct Transport {
  std::string name;
  std::string why;  // why not "netns", where it was left to choose
};

// "auto" or one of the three; throws UsageError on another word.
void require_transport(const std::string& wanted);

// `wanted`: "auto" (netns, else socket, else published) or one of the three. Throws UsageError on another
// word, HarnessError(subject) when what was wanted does not work.
Transport choose_transport(const std::string& wanted, const Ways& ways, const std::string& subject);

// "netns", or "published: <why>".
std::string to_text(const Transport& transport);

// `path` as it is inside `root`, seen from outside: absolute symbolic links on the way lead back to `root`,
// not out of it. What does not exist is kept as it is.
std::filesystem::path path_inside(const std::filesystem::path& root, const std::filesystem::path& path);

// Empty when there is a unix socket in that directory; else why not.
std::string why_no_socket_in(const std::filesystem::path& directory);

}  // namespace rootseal::workload
