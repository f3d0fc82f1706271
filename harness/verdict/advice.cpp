#include "verdict/advice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "core/text.hpp"
#include "core/units.hpp"
#include "verdict/names.hpp"
#include "verdict/tried_files.hpp"

namespace rootseal::verdict {

using record::Record;
using record::Stack;
using record::Verdict;

bool of(const std::string& row, const Stack& stack) { return base_of(row) == stack.id; }

const record::Claim* holding(const Stack& stack, const std::string& name) {
  const auto found = std::find_if(stack.claims.begin(), stack.claims.end(), [&](const auto& claim) {
    return claim.name == name && claim.holds == true;
  });
  return found == stack.claims.end() ? nullptr : &*found;
}

bool harness_own(const record::Check& check) {
  return check.id == record::kStartCheck || check.id == record::kClaimsCheck;
}

namespace {

constexpr double kMiB = 1024 * 1024;
constexpr double kHeadroom = 4;        // of a tmpfs: what it holds at the end of a launch is not its peak
constexpr double kMemoryHeadroom = 2;  // of the memory limit, likewise
constexpr double kHoursOfWarning = 4;  // before a volume that grows as it did under load is full

bool makes(const Stack& stack, const std::string& name, const std::string& value) {
  const auto* claim = holding(stack, name);
  return claim != nullptr && claim->value == value;
}

// "1m" of 1048576, "1025k" of a little more: as Compose writes sizes.
std::string compose_size(double bytes) {
  const auto kib = static_cast<std::uint64_t>(std::ceil(bytes / 1024));
  return kib % 1024 == 0 ? fmt::format("{}m", kib / 1024) : fmt::format("{}k", kib);
}

double power_of_two(double bytes) { return std::exp2(std::ceil(std::log2(std::max(bytes, kMiB)))); }

std::string plural(std::size_t count, const std::string& what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

struct Mount {
  std::string type;
  std::vector<std::string> options;   // "noexec"
  std::vector<std::string> settings;  // "size=1024k"
  [[nodiscard]] std::string setting(const std::string& name) const {
    for (const auto& each : settings) {
      if (each.starts_with(name + "=")) return each.substr(name.size() + 1);
    }
    return "";
  }
};

// "/tmp tmpfs rw,noexec size=64k"; of several over one place the last is the one that is seen.
std::optional<Mount> mount_at(const Stack& stack, const std::string& place) {
  std::optional<Mount> found;
  for (const auto& line : stack.mounts) {
    const auto words = core::split(line, ' ');
    if (words.size() < 3 || words[0] != place) continue;
    found = Mount{words[1], core::split(words[2], ','), {words.begin() + 3, words.end()}};
  }
  return found;
}

std::vector<std::string> list_of(const record::Claim& claim) {
  std::vector<std::string> all;
  for (const auto& each : core::split(claim.value, ',')) {
    all.push_back(each.substr(std::min(each.find_first_not_of(' '), each.size())));
  }
  return all;
}

// The recommendations of one server, from one stack.
class Advice {
 public:
  Advice(const Record& record, const Stack& stack) : record_(record), stack_(stack) {}

  std::vector<Recommendation> take() {
    read_only_root();
    writable_places();
    user();
    capabilities();
    privileges();
    limits();
    configuration();
    other_lines();
    logs();
    log_sink();
    image();
    dockerfile();
    upkeep();
    watched_places();
    fast_temporary_files();
    ways();
    document();
    return std::move(all_);
  }

 private:
  [[nodiscard]] std::string at(const std::string& section, const std::string& row) const {
    return fmt::format("{}: {}{}{}", stack_.id, section, row.empty() ? "" : " ", row);
  }
  void add(const std::string& id, const std::string& title, const std::string& why, const std::string& lines,
           std::vector<std::string> evidence, const std::string& kind = "compose") {
    all_.push_back(
        {stack_.service + "/" + id, stack_.service, title, why, lines, kind, std::move(evidence), true});
  }

  // The greatest that was seen; nothing when it was never looked at.
  [[nodiscard]] std::optional<double> used(const std::string& resource) const {
    std::optional<double> most;
    for (const auto& row : record_.resources) {
      if (of(row.stack, stack_) && row.name == resource) most = std::max(most.value_or(row.value), row.value);
    }
    return most;
  }

  std::size_t passed(std::vector<std::string>& evidence) const {
    std::set<std::string> ids;
    for (const auto& check : record_.checks) {
      if (of(check.stack, stack_) && check.verdict == Verdict::pass && !harness_own(check))
        ids.insert(check.id);
    }
    for (const auto& id : ids) evidence.push_back(at("check", id));
    return ids.size();
  }

  void read_only_root() {
    if (!makes(stack_, "root", "read-only")) return;
    std::vector<std::string> evidence{at("claim", "root")};
    for (const auto& row : record_.attacks) {
      if (row.stack == stack_.id && row.credit.given)
        evidence.push_back(at("attack", row.id + " as " + row.identity));
    }
    const std::size_t prevented = evidence.size() - 1;
    if (prevented == 0) return;  // it works, but nobody has seen it stop anything
    const std::size_t checks = passed(evidence);
    add("read-only-root", "Make the root read-only",
        fmt::format("It stops {} that succeed on the control; {} on {}.", plural(prevented, "attempt"),
                    plural(checks, "check") + (checks == 1 ? " passes" : " pass"), stack_.id),
        "read_only: true\n", std::move(evidence));
  }

  // A place without which a specimen was seen not to start.
  void add_need(std::vector<std::string>& evidence, const std::string& place) const {
    for (const auto& finding : record_.findings) {
      if (server_of(finding.stack) != server_of(stack_.id)) continue;
      const bool names_it =
          std::any_of(finding.evidence.begin(), finding.evidence.end(),
                      [&](const auto& line) { return line.find(place + "/") != std::string::npos; });
      if (names_it) evidence.push_back(fmt::format("{}: finding {}", finding.stack, finding.id));
    }
  }

  // What it had when everything passed; more where it was seen to hold a good part of that.
  std::string tmpfs_line(const std::string& place, const Mount& mount, std::vector<std::string>& notes,
                         std::vector<std::string>& evidence, bool& tried) const {
    std::string line = fmt::format("  - {}:", as_tried(stack_, place));
    const std::string had = mount.setting("size");
    const auto holds = used("tmpfs_used:" + place);
    if (!had.empty()) {
      double size = static_cast<double>(core::parse_bytes(had).count);
      if (holds) {
        notes.push_back(
            fmt::format("{} held {}", place, core::to_text({static_cast<std::uint64_t>(*holds)})));
        evidence.push_back(at("resource", "tmpfs_used:" + place));
        if (*holds * kHeadroom > size) {
          size = power_of_two(*holds * kHeadroom);
          tried = false;
        }
      }
      line += fmt::format("size={},", compose_size(size));
    }
    if (!mount.setting("mode").empty()) line += fmt::format("mode=0{},", mount.setting("mode"));
    for (const char* name : {"uid", "gid"}) {
      if (!mount.setting(name).empty()) line += fmt::format("{}={},", name, mount.setting(name));
    }
    for (const char* option : {"noexec", "nosuid", "nodev"}) {
      if (std::find(mount.options.begin(), mount.options.end(), option) != mount.options.end())
        line += fmt::format("{},", option);
    }
    line.pop_back();  // the last comma, or the colon where there is no option
    return line + "\n";
  }

  void writable_places() {
    const auto* claim = holding(stack_, "writable");
    if (claim == nullptr || !makes(stack_, "root", "read-only")) return;
    std::string volumes, tmpfs;
    bool tried = true;
    std::vector<std::string> notes, evidence{at("claim", "writable")};
    for (const auto& place : list_of(*claim)) {
      const auto mount = mount_at(stack_, place);
      if (!mount) continue;
      evidence.push_back(at("mount", place));
      add_need(evidence, place);
      if (mount->type == "tmpfs") {
        tmpfs += tmpfs_line(place, *mount, notes, evidence, tried);
      } else {
        const std::string line = tried_volume(stack_, place);
        volumes += line.empty() ? fmt::format("  - YOUR_VOLUME:{}  # the volume that you have\n", place)
                                : fmt::format("  - {}\n", line);
      }
    }
    if (volumes.empty() && tmpfs.empty()) return;
    const std::string held = notes.empty() ? "" : " At the end of a launch " + core::join(notes, ", ") + ".";
    add("writable-places", "Give it these writable places and no others",
        fmt::format("They were all that could be written on {} while everything passed.{}", stack_.id, held),
        (volumes.empty() ? "" : "volumes:\n" + volumes) + (tmpfs.empty() ? "" : "tmpfs:\n" + tmpfs),
        std::move(evidence));
    all_.back().tried = tried;
  }

  // A process without any capability cannot have changed its user: it was started as this one.
  [[nodiscard]] bool started_as_its_user() const {
    return makes(stack_, "capabilities", "none") && !stack_.user.empty() && !stack_.user.starts_with("0:") &&
           makes(stack_, "uid", stack_.user.substr(0, stack_.user.find(':')));
  }

  // What the control lets root do and this stack stops by its permissions. A read-only mount and the engine's
  // own refusal stop without them, and what comes in as another user has no capabilities on the control
  // either.
  void add_attacks_without_capabilities(std::vector<std::string>& evidence) const {
    for (const auto& row : record_.attacks) {
      const bool refused = row.stopped_by == "EPERM" || row.stopped_by == "EACCES";
      if (row.stack == stack_.id && row.classification == "prevented-by-other-control" &&
          row.identity == "root" && refused)
        evidence.push_back(at("attack", row.id + " as " + row.identity));
    }
  }

  void user() {
    if (!started_as_its_user()) return;
    add("user", "Start it as its own user",
        fmt::format(
            "Nothing in it needs root: it starts and works as {0} on {1}. Before you do: secret files "
            "and whatever else is mounted must be readable for uid {2}, and a volume that exists "
            "already must belong to {0}; a new one takes its owner from the image.",
            stack_.user, stack_.id, stack_.user.substr(0, stack_.user.find(':'))),
        fmt::format("user: \"{}\"\n", stack_.user), {at("claim", "uid"), at("claim", "capabilities")});
  }

  void capabilities() {
    if (!makes(stack_, "capabilities", "none")) return;
    std::vector<std::string> evidence{at("claim", "capabilities")};
    add_attacks_without_capabilities(evidence);
    add("capabilities", "Take all capabilities away",
        fmt::format(
            "Neither the server nor a root that comes in by exec has any on {}, and everything passes.",
            stack_.id),
        "cap_drop:\n  - ALL\n", std::move(evidence));
  }

  void privileges() {
    if (!makes(stack_, "no-new-privileges", "true")) return;
    add("no-new-privileges", "Forbid new privileges",
        fmt::format("A setuid file on a volume is then worth nothing; everything passes on {}.", stack_.id),
        "security_opt:\n  - no-new-privileges:true\n", {at("claim", "no-new-privileges")});
  }

  void limits() {
    std::string lines, why;
    std::vector<std::string> evidence;
    bool tried = true;
    if (const auto* pids = holding(stack_, "pids")) {
      lines += fmt::format("pids_limit: {}\n", pids->value);
      evidence.push_back(at("claim", "pids"));
    }
    if (const auto* memory = holding(stack_, "memory")) {
      double limit = static_cast<double>(core::parse_bytes(memory->value).count);
      evidence.push_back(at("claim", "memory"));
      if (const auto most = used("memory_high_water")) {
        evidence.push_back(at("resource", "memory_high_water"));
        why =
            fmt::format(" It used at most {} of memory.", core::to_text({static_cast<std::uint64_t>(*most)}));
        tried = *most * kMemoryHeadroom <= limit;
        if (!tried) limit = power_of_two(*most * kMemoryHeadroom);
      }
      lines += fmt::format("mem_limit: {}\n", compose_size(limit));
    }
    if (lines.empty()) return;
    add("limits", "Limit what it can use",
        fmt::format("Everything passes with them on {}.{}", stack_.id, why), lines, std::move(evidence));
    all_.back().tried = tried;
  }

  [[nodiscard]] const record::Check* passing(const std::string& suite) const {
    const auto found = std::find_if(record_.checks.begin(), record_.checks.end(), [&](const auto& check) {
      return check.stack == stack_.id && check.id.starts_with(suite + ".") && check.verdict == Verdict::pass;
    });
    return found == record_.checks.end() ? nullptr : &*found;
  }

  // What a read-only mount of its own keeps from being written, "/etc/db.conf".
  [[nodiscard]] std::vector<std::string> files_put_in_place() const {
    std::vector<std::string> all;
    for (const auto& line : stack_.mounts) {
      const auto words = core::split(line, ' ');
      const bool declared = words.size() > 2 && (words[2] + ",").starts_with("ro,") &&
                            std::any_of(stack_.declared_mounts.begin(), stack_.declared_mounts.end(),
                                        [&](const auto& glob) { return core::glob_matches(glob, words[0]); });
      if (declared) all.push_back(words[0]);
    }
    return all;
  }

  void configuration() {
    const auto places = files_put_in_place();
    if (places.empty()) return;
    std::string lines = "volumes:\n";
    std::vector<std::string> evidence;
    for (const auto& place : places) {
      const std::string line = tried_volume(stack_, place);
      lines += line.empty() ? fmt::format("  - ./YOUR_FILE:{}:ro\n", place) : fmt::format("  - {}\n", line);
      evidence.push_back(at("mount", place));
    }
    for (const auto& row : record_.attacks) {
      const bool at_one = row.stopped_by == "ro-mount" ||
                          (row.identity != "root" && !row.evidence.empty() &&
                           std::any_of(places.begin(), places.end(), [&](const auto& place) {
                             return row.evidence[0].find(" " + place + " ") != std::string::npos;
                           }));
      if (row.stack == stack_.id && row.classification == "prevented-by-other-control" && at_one)
        evidence.push_back(at("attack", row.id + " as " + row.identity));
    }
    add("configuration", "Mount these files read-only",
        fmt::format("Nobody inside can change them on {}. They must be readable for its user.", stack_.id),
        lines, std::move(evidence));
  }

  void other_lines() {
    const std::string lines = tried_otherwise(stack_);
    if (lines.empty()) return;
    std::vector<std::string> evidence;
    for (const auto& file : stack_.files) {
      if (file.name.ends_with("/" + stack_.profile + ".yaml")) evidence.push_back(at("file", file.name));
    }
    add("other-lines", "Take the other lines of that file along",
        fmt::format(
            "What is said here of {} was seen with them; compose/{}/README.md has the reason of each.",
            stack_.id, stack_.service),
        lines, std::move(evidence));
  }

  void log_sink() {
    const auto* check = passing("LogSink");
    if (check == nullptr) return;
    add("log-sink", "Send the log to a collector outside, where nobody inside can reach it",
        fmt::format("Lines arrived on {}, at a collector on the loopback. Of what must not be in a log only "
                    "the password of the run was searched for, and not found: look for your own secrets.",
                    stack_.id),
        "logging:\n  driver: syslog\n  options:\n    syslog-address: \"tcp://YOUR_COLLECTOR:PORT\"\n    "
        "syslog-format: rfc5424\n",
        {at("check", check->id)});
  }

  void upkeep() {
    const auto& image = stack_.image;
    if (image.digest.empty()) return;
    const auto* check = passing("NewImage");
    std::vector<std::string> evidence{at("image", "")};
    if (check != nullptr) evidence.push_back(at("check", check->id));
    add("upkeep", "Replace the image regularly",
        std::string(
            "An image that is named exactly stays as it is, with its faults: pull or build a newer one, "
            "run this again with it, then change the line.") +
            (check == nullptr ? " Replacing an image was not tried."
                              : " A server that was started with another `image:` found its data; that was "
                                "the same image by another name, not a newer one."),
        fmt::format("rootseal run --service {0} --image {0}=YOUR_NEW_IMAGE\n", stack_.service),
        std::move(evidence), "operations");
    all_.back().tried = false;
  }

  // What the workloads measured that put files where a writable root has the container's layer.
  void fast_temporary_files() {
    std::vector<std::string> seen, evidence;
    for (const auto& row : record_.comparisons) {
      const bool one = row.workload == "copy_to_tmp" || row.workload == "temp_tablespace";
      if (!one || row.stack != stack_.id || row.metric != "throughput" || !row.interval) continue;
      seen.push_back(fmt::format("{} {:.2f} ({:.2f} to {:.2f})", row.workload, row.interval->ratio,
                                 row.interval->ci_low, row.interval->ci_high));
      evidence.push_back(at("comparison", row.workload + " throughput"));
    }
    if (seen.empty()) evidence.push_back(at("claim", "writable"));
    add("temporary-files", "Expect a tmpfs to be faster only for files that are put there",
        seen.empty()
            ? fmt::format("Nothing in this run measured it for {}.", stack_.service)
            : fmt::format("Throughput with temporary files in a tmpfs, /dev/shm where /tmp cannot be "
                          "written, against the container's layer of the control: {}; recorded, not "
                          "judged.",
                          core::join(seen, ", ")),
        "# tmpfs:\n#   - /tmp:size=YOUR_SIZE,noexec,nosuid,nodev   only where something of yours writes "
        "there\n",
        std::move(evidence), "operations");
    all_.back().tried = false;
  }

  void document() {
    add("document", "Write down why each line is there",
        "So that nobody takes one away for looking needless, and each can be questioned.",
        fmt::format("# The reason of every line, and what shows it:\n"
                    "#   compose/README.md\n#   compose/{}/README.md\n",
                    stack_.service),
        {at("claim", "root")}, "operations");
    all_.back().tried = false;
  }

  void logs() {
    const auto arrived = std::find_if(record_.checks.begin(), record_.checks.end(), [&](const auto& check) {
      return check.stack == stack_.id && check.id == record::kLogsCheck && check.verdict == Verdict::pass;
    });
    if (arrived == record_.checks.end() || stack_.logs != "console") return;
    add("logs", "Log to the console, and limit what the engine keeps",
        "Log lines arrive there and in no file, so that nobody inside can change them. The engine keeps all "
        "of "
        "them "
        "for ever unless it is told otherwise.",
        "logging:\n  driver: json-file\n  options:\n    max-size: \"10m\"\n    max-file: \"5\"\n",
        {at("check", record::kLogsCheck)});
    all_.back().tried = false;
  }

  void image() {
    const auto& image = stack_.image;
    if (image.digest.empty()) return;
    const bool named = !image.registry_digest.empty();
    const std::string why =
        named ? fmt::format("A tag such as {} can mean another image tomorrow.", image.reference)
        : image.built_here
            ? fmt::format(
                  "It was built here, not pulled, and no registry has it: the name carries the hash of what "
                  "went "
                  "in; the image is {}. Name the one that you use, and run this again with it.",
                  image.digest)
            : fmt::format("No registry has a digest of it; the image is {}.", image.digest);
    const char* remark =
        image.built_here ? "  # built for this run: name yours, and run again with --image" : "";
    add("image", "Name exactly the image that was tried", why,
        named ? fmt::format("image: {}  # {}\n", image.registry_digest, image.reference)
              : fmt::format("image: {}{}\n", image.reference, remark),
        {at("image", "")});
  }

  void dockerfile() {
    if (!started_as_its_user() || stack_.image.digest.empty()) return;
    const auto& image = stack_.image;
    add("dockerfile", "Or put image and user into a Dockerfile",
        "Then they hold for whoever starts it, also without this Compose file.",
        fmt::format("FROM {}\nUSER {}\n",
                    image.registry_digest.empty() ? image.reference : image.registry_digest, stack_.user),
        {at("image", ""), at("claim", "uid"), at("claim", "capabilities")}, "dockerfile");
    all_.back().tried = false;
  }

  // Seconds that the stack was driven in the launch after which its volumes were looked at, the first.
  [[nodiscard]] double driven() const {
    double seconds = 0;
    for (const auto& epoch : record_.epochs) {
      if (epoch.stack == stack_.id && epoch.launch == 1) seconds += epoch.seconds;
    }
    return seconds;
  }

  // What a full place did, and what is known to be lost on one.
  std::string when_full(const std::string& suite, const std::string& good,
                        std::vector<std::string>& evidence) const {
    const auto* check = passing(suite);
    std::string text = check == nullptr ? " What happens when it is full was not tried." : " " + good;
    if (check == nullptr) return text;
    evidence.push_back(at("check", check->id));
    for (const auto& line : check->evidence) {
      if (line.find(" left out: ") != std::string::npos) text += " Of that, " + line + ".";
    }
    return text;
  }

  void volume(const std::string& place) {
    const std::string resource = "volume_growth:" + place;
    const double grown = used(resource).value_or(0);
    const double seconds = driven();
    std::string why, lines;
    std::vector<std::string> evidence{used(resource) ? at("resource", resource) : at("mount", place)};
    if (grown > 0 && seconds > 0) {
      const double alarm = power_of_two(grown / seconds * 3600 * kHoursOfWarning);
      const std::string text = core::to_text({static_cast<std::uint64_t>(alarm)});
      why = fmt::format(
          "It grew by {} in {:.0f} s of the workloads on {}; at that rate {} are {:g} hours or more.",
          core::to_text({static_cast<std::uint64_t>(grown)}), seconds, stack_.id, text, kHoursOfWarning);
      lines = fmt::format(
          "# Alert when fewer than {0:.0f} bytes ({1}) are free:\n"
          "docker exec CONTAINER df --output=avail -B1 {2}\n",
          alarm, text, place);
    } else {
      why = fmt::format("How fast it fills is not known: no growth was measured on {}.", stack_.id);
      lines = fmt::format(
          "# Alert when more than 80 % of it are used:\n"
          "docker exec CONTAINER df --output=pcent {}\n",
          place);
    }
    why += when_full(
        "FullVolume",
        "A full volume was tried: the server says so, loses nothing that it acknowledged, and works "
        "again when there is space.",
        evidence);
    for (const auto& finding : record_.findings) {
      if (finding.id.find("acknowledged-before-written") == std::string::npos ||
          server_of(finding.stack) != server_of(stack_.id))
        continue;
      why += " " + finding.text;
      evidence.push_back(fmt::format("{}: finding {}", finding.stack, finding.id));
    }
    add("volume-" + place.substr(place.rfind('/') + 1), "Watch the volume at " + place, why, lines,
        std::move(evidence), "operations");
    all_.back().tried = false;
  }

  void memory_place(const std::string& place, const Mount& mount) {
    std::vector<std::string> evidence{at("mount", place)};
    std::string why = "It is memory, of a fixed size.";
    const auto held = used("tmpfs_used:" + place);
    if (held && !mount.setting("size").empty()) {
      why = fmt::format("It held {} of {} at the end of a launch.",
                        core::to_text({static_cast<std::uint64_t>(*held)}),
                        core::to_text(core::parse_bytes(mount.setting("size"))));
      evidence.push_back(at("resource", "tmpfs_used:" + place));
    }
    why += when_full("FullTmpfs", "Filled to the last block, it kept nobody from working.", evidence);
    add("tmpfs-" + place.substr(place.rfind('/') + 1), "Watch the tmpfs at " + place, why,
        fmt::format("# Alert when more than 80 % of it are used:\n"
                    "docker exec CONTAINER df --output=pcent {}\n",
                    place),
        std::move(evidence), "operations");
    all_.back().tried = false;
  }

  void watched_places() {
    const std::string prefix = "volume_growth:";
    std::set<std::string> volumes;
    for (const auto& row : record_.resources) {
      if (of(row.stack, stack_) && row.name.starts_with(prefix))
        volumes.insert(row.name.substr(prefix.size()));
    }
    std::vector<std::string> declared;
    if (const auto* claim = holding(stack_, "writable")) declared = list_of(*claim);
    std::map<std::string, Mount> memory;
    for (const auto& place : declared) {
      const auto mount = mount_at(stack_, place);
      if (!mount) continue;
      if (mount->type == "tmpfs")
        memory[place] = *mount;
      else
        volumes.insert(place);
    }
    for (const auto& place : volumes) volume(place);
    for (const auto& [place, mount] : memory) memory_place(place, mount);
  }

  [[nodiscard]] bool fails_on_control(const std::string& task) const {
    return std::any_of(record_.tasks.begin(), record_.tasks.end(), [&](const auto& row) {
      return row.id == task && !row.works && server_of(row.stack) == server_of(stack_.id) &&
             role_of(record_.stacks, row.stack) == "control";
    });
  }

  void ways() {
    std::string lines;
    std::vector<std::string> evidence;
    std::size_t count = 0, never = 0;
    for (const auto& task : record_.tasks) {
      if (task.stack != stack_.id || task.works || task.instead_works != true) continue;
      const bool nor_on_control = fails_on_control(task.id);
      lines += fmt::format("# {}{}\n#   instead: {}\n", task.title,
                           nor_on_control ? " (nor on the control)" : "", task.instead);
      evidence.push_back(at("task", task.id));
      ++count;
      never += nor_on_control ? 1 : 0;
    }
    if (count == 0) return;
    const std::string how_many =
        count == 1 ? "One usual way does not" : fmt::format("{} usual ways do not", count);
    const std::string also = never == 0       ? ""
                             : never == count ? ", nor on the control"
                             : never == 1     ? ", one of them on the control either"
                                              : fmt::format(", {} of them on the control either", never);
    add("ways", "Change how these things are done",
        fmt::format("{} work on {}{}; what stands below each was tried there and works.", how_many, stack_.id,
                    also),
        lines, std::move(evidence), "operations");
  }

  const Record& record_;
  const Stack& stack_;
  std::vector<Recommendation> all_;
};

}  // namespace

std::vector<Recommendation> advice(const Record& record, const Stack& stack) {
  return Advice(record, stack).take();
}

}  // namespace rootseal::verdict
