// rootseal-scan: one verb, one attempt, one line of JSON: {"verb","ok","path","errno","errno_name","detail",
// ...}.
//
// A verb is a function and one static Register in a file of its own folder-wide list; main.cpp needs no edit.
// `errno` is that of the call that was refused, so a verb must return refused(...) before it calls anything
// else. Single threaded. Verbs throw nothing.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rootseal::scan {

struct Answer {
  bool ok = false;
  std::string path;    // that the kernel looked at
  int error = 0;       // 0 although not ok: what was started ran, and failed by itself
  std::string detail;  // which call, or what was seen
  std::string more;    // further members as JSON text, each with a leading comma
};

struct Verb {
  std::size_t at_least = 0, at_most = 0;  // arguments
  const char* usage = "";
  Answer (*act)(const std::vector<std::string>& arguments) = nullptr;
};

std::map<std::string, Verb>& verbs();

struct Register {
  Register(const char* name, const Verb& verb) { verbs().emplace(name, verb); }
};

// The answer to a call that has just failed: takes errno, and says whether `path` lies on a noexec mount.
Answer refused(const std::string& path, const std::string& call);
Answer done(const std::string& path, const std::string& detail = "");

std::string quoted(
    std::string_view text);         // as a JSON string; bytes that are not UTF-8 become \xNN in the text
std::string errno_name(int error);  // "EROFS"; "" for 0

// What faccessat2(W_OK, AT_EACCESS) says. Never opens: opening for writing copies a file up into the overlay.
bool may_write(int directory, const char* name, bool also_search);
// Creates and unlinks a file in `directory`. 0, or the errno of the refusal.
int try_to_create_in(const std::string& directory);

}  // namespace rootseal::scan
