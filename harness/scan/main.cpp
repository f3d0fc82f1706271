#include <cstdio>

#include "scan/verb.hpp"

namespace rootseal::scan {
namespace {

constexpr int kDone = 0, kRefused = 1, kUsage = 64;

int usage() {
  std::fputs(
      "usage: rootseal-scan VERB ARGUMENTS [-- VERB ARGUMENTS]...; a line of JSON for each; with && in place "
      "of -- only while all before it were done; exit status 0 all done, 1 one was refused, 64 wrong usage\n",
      stderr);
  for (const auto& [name, verb] : verbs()) std::fprintf(stderr, "  %s %s\n", name.c_str(), verb.usage);
  return kUsage;
}

void print(const std::string& verb, const Answer& answer) {
  const std::string text = "{\"verb\":" + quoted(verb) + ",\"ok\":" + (answer.ok ? "true" : "false") +
                           ",\"path\":" + quoted(answer.path) + ",\"errno\":" + std::to_string(answer.error) +
                           ",\"errno_name\":" + quoted(errno_name(answer.error)) +
                           ",\"detail\":" + quoted(answer.detail) + answer.more + "}\n";
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

int perform(const std::vector<std::string>& words) {
  if (words.empty()) return usage();
  const auto found = verbs().find(words[0]);
  if (found == verbs().end()) return usage();
  const std::vector<std::string> arguments(words.begin() + 1, words.end());
  const Verb& verb = found->second;
  if (arguments.size() < verb.at_least || arguments.size() > verb.at_most) return usage();
  const Answer answer = verb.act(arguments);
  print(words[0], answer);
  return answer.ok ? kDone : kRefused;
}

// Several in one go: what costs time is getting into the container. After "--" each is tried, whatever the
// others gave; after "&&" only when none was refused.
int perform_all(const std::vector<std::string>& words) {
  int status = kDone;
  std::vector<std::string> one;
  for (std::size_t i = 0; i <= words.size(); ++i) {
    if (i < words.size() && words[i] != "--" && words[i] != "&&") {
      one.push_back(words[i]);
      continue;
    }
    const int ended = perform(one);
    if (ended == kUsage) return kUsage;
    status = status == kDone ? ended : status;
    if (i < words.size() && words[i] == "&&" && status != kDone) break;
    one.clear();
  }
  return status;
}

}  // namespace
}  // namespace rootseal::scan

int main(int argc, char** argv) {
  return rootseal::scan::perform_all(std::vector<std::string>(argv + 1, argv + (argc > 0 ? argc : 1)));
}
