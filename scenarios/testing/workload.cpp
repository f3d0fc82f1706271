#include "testing/workload.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <utility>

namespace rootseal::workload {

namespace {

std::vector<Entry>& mutable_entries() {
  static std::vector<Entry> all;
  return all;
}

bool by_name(const Entry& a, const Entry& b) { return a.name < b.name; }

}  // namespace

const std::vector<Entry>& entries() { return mutable_entries(); }

Registration::Registration(Entry entry) {
  auto& all = mutable_entries();
  const auto at = std::lower_bound(all.begin(), all.end(), entry, by_name);
  if (at != all.end() && at->name == entry.name) {
    std::fprintf(stderr, "workload '%s' is registered by %s and by %s: rename one\n", entry.name.c_str(),
                 at->file.c_str(), entry.file.c_str());
    std::abort();
  }
  all.insert(at, std::move(entry));
}

std::string list_as_json(const std::vector<Entry>& entries) {
  std::string text = "[";
  const char* separator = "\n  ";
  for (const auto& entry : entries) {
    const Shape shape = entry.make()->shape();
    const nlohmann::ordered_json row{{"name", entry.name},
                                     {"service", entry.service},
                                     {"file", entry.file},
                                     {"judged", shape.judged},
                                     {"only_when_named", shape.only_when_named},
                                     {"restarts", shape.restarts},
                                     {"in_quick", shape.in_quick},
                                     {"connections", shape.connections}};
    text += separator + row.dump();
    separator = ",\n  ";
  }
  return text + "\n]\n";
}

}  // namespace rootseal::workload
