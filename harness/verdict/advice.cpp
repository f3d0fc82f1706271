#include "verdict/advice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "core/text.hpp"
#include "core/units.hpp"
#include "verdict/advice_parts.hpp"
#include "verdict/names.hpp"
#include "verdict/tried_files.hpp"

namespace rootseal::verdict {
namespace {

using record::Record;
using record::Stack;
using record::Verdict;

constexpr double kHeadroom = 4;        // of a tmpfs: what it holds at the end of a launch is not its peak
constexpr double kMemoryHeadroom = 2;  // of the memory limit, likewise

constexpr const char* kYours = "YOUR_IMAGE@sha256:YOUR_DIGEST";
constexpr const char* kHowToGetIt =
    "# its name with the digest, of an image that was pulled or pushed:\n"
    "#   docker inspect --format '{{index .RepoDigests 0}}' YOUR_IMAGE\n";

// "1m" of 1048576, "1025k" of a little more: as Compose writes sizes.
std::string compose_size(double bytes) {
  const auto kib = static_cast<std::uint64_t>(std::ceil(bytes / 1024));
  return kib % 1024 == 0 ? fmt::format("{}m", kib / 1024) : fmt::format("{}k", kib);
}

std::string plural(std::size_t count, const std::string& what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

// Lines for a Compose file and a Dockerfile.
class Lines : private Part {
 public:
  Lines(const Record& record, const Stack& stack) : Part(record, stack) {}

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
    return std::move(all_);
  }

 private:
  void read_only_root() {
    if (!makes(stack_, "root", "read-only")) return;
    std::vector<std::string> evidence{at("claim", "root")};
    for (const auto& row : record_.attacks) {
      if (row.stack == stack_.id && row.credit.given)
        evidence.push_back(at("attack", row.id + " as " + row.identity));
    }
    const std::size_t prevented = evidence.size() - 1;
    if (prevented == 0) return;  // it works, but nobody has seen it stop anything
    const Passed checks = passed(record_, stack_);
    for (const auto& id : checks.ids) evidence.push_back(at("check", id));
    const std::string stops = fmt::format("stops {} that succeed{} on the control",
                                          plural(prevented, "attempt"), prevented == 1 ? "s" : "");
    add("read-only-root", "Make the root read-only",
        fmt::format("It {}; {} on {}.", stops, checks.text, stack_.id), "read_only: true\n",
        std::move(evidence));
    beside("read_only", stops);
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
    if (!tried) not_tried();
    beside("tmpfs", tmpfs_reason());
  }

  // Names the stack that was seen not to start without one of the places.
  [[nodiscard]] std::string tmpfs_reason() const {
    for (const auto& line : all_.back().evidence) {
      const auto at = line.find(": finding ");
      if (at != std::string::npos) return line.substr(0, at) + ", which could not write there, did not start";
    }
    return "with the volumes, all that could be written";
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
    beside("user", fmt::format("nothing in it needs root; secret files must be readable for it, and a volume "
                               "that exists must belong to {}",
                               stack_.user));
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
    beside("cap_drop", "then not even a root that comes in by exec has any");
  }

  void privileges() {
    if (!makes(stack_, "no-new-privileges", "true")) return;
    add("no-new-privileges", "Forbid new privileges",
        fmt::format("A setuid file on a volume is then worth nothing; everything passes on {}.", stack_.id),
        "security_opt:\n  - no-new-privileges:true\n", {at("claim", "no-new-privileges")});
    beside("security_opt", "a setuid file on a volume is then worth nothing");
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
        fmt::format("Everything passes with them on {}.{} They are this trial's: take what your load needs, "
                    "and where the configuration names the limit, change it there too.",
                    stack_.id, why),
        lines, std::move(evidence));
    if (!tried) not_tried();
    beside("pids_limit", "everything passed with it; give it what your load needs");
    const std::string well =
        tried ? "everything passed with it; give it what your load needs" : "give it more than this";
    beside("mem_limit", why.empty() ? well : well + "." + why);
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
    beside("volumes", "nobody inside can change these files; they must be readable for its user");
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
    not_tried();
  }

  // Where no registry has the image, the reader has another one: his own is what he has to name.
  void image() {
    const auto& image = stack_.image;
    if (image.digest.empty()) return;
    if (!image.registry_digest.empty()) {
      add("image", "Name exactly the image that was tried",
          fmt::format("A tag such as {} can mean another image tomorrow.", image.reference),
          fmt::format("image: {}  # {}\n", image.registry_digest, image.reference), {at("image", "")});
    } else if (!image.built_here) {
      add("image", "Name exactly the image that was tried",
          fmt::format("No registry has a digest of it; the image is {}.", image.digest),
          fmt::format("image: {}\n", image.reference), {at("image", "")});
    } else {
      add("image", "Name your own image exactly",
          fmt::format("What was tried, {}, was built here for this run, and no registry has it; the image is "
                      "{}. Put in the one that you use, with its digest, and try that one: "
                      "scripts/run.sh --service {} --image {}=YOUR_IMAGE.",
                      image.reference, image.digest, stack_.service, stack_.service),
          std::string("image: ") + kYours + "\n" + kHowToGetIt, {at("image", "")});
      not_tried();
    }
  }

  void dockerfile() {
    if (!started_as_its_user() || stack_.image.digest.empty()) return;
    const auto& image = stack_.image;
    const bool yours = image.registry_digest.empty() && image.built_here;
    const std::string from = !image.registry_digest.empty() ? image.registry_digest : image.reference;
    add("dockerfile", "Or put image and user into a Dockerfile",
        std::string("Then they hold for whoever starts it, also without this Compose file.") +
            (yours ? " The image is your own, by its digest: the one that was tried is in no registry." : ""),
        fmt::format("{}FROM {}\nUSER {}\n", yours ? kHowToGetIt : "", yours ? kYours : from, stack_.user),
        {at("image", ""), at("claim", "uid"), at("claim", "capabilities")}, "dockerfile");
    not_tried();
  }
};

}  // namespace

std::vector<Recommendation> advice(const Record& record, const Stack& stack) {
  auto all = Lines(record, stack).take();
  auto more = operations(record, stack);
  std::move(more.begin(), more.end(), std::back_inserter(all));
  return all;
}

}  // namespace rootseal::verdict
