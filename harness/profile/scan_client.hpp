// profile/scan_client: asks rootseal-scan inside a container and understands its one line of JSON.
// Thread-safe.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/container.hpp"

namespace rootseal::profile {

struct ScanAnswer {
  bool understood =
      false;  // false: the helper is not there, or did not answer as it does; `text` says what came
  bool ok = false;
  bool noexec = false;  // the path lies on a mount without execution
  int error = 0;
  std::string errno_name, path, detail;
  std::string text;  // the answer for evidence, printable
  nlohmann::json json;
};

ScanAnswer parse_scan(const process::Outcome& outcome);  // pure
ScanAnswer ask_scan(const engine::Container& container, const std::string& scan,
                    const std::vector<std::string>& words, const engine::User& user);

// Several questions as the same user in one go: entering the container is what takes time. The answers are in
// the order of the questions; none is believed when one is missing or the exit status contradicts them.
std::vector<ScanAnswer> ask_scans(const engine::Container& container, const std::string& scan,
                                  const std::vector<std::vector<std::string>>& questions,
                                  const engine::User& user);
std::vector<ScanAnswer> parse_scans(const process::Outcome& outcome, std::size_t count);

// The same, but each is asked only when all before it were done: after a refusal the rest of the answers is
// missing.
std::vector<ScanAnswer> ask_scans_until_refused(const engine::Container& container, const std::string& scan,
                                                const std::vector<std::vector<std::string>>& questions,
                                                const engine::User& user);
std::vector<ScanAnswer> parse_scans_until_refused(const process::Outcome& outcome, std::size_t count);

}  // namespace rootseal::profile
