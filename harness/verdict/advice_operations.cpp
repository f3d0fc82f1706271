#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/text.hpp"
#include "core/units.hpp"
#include "record/finding_ids.hpp"
#include "verdict/advice.hpp"
#include "verdict/advice_parts.hpp"
#include "verdict/names.hpp"

namespace rootseal::verdict {
namespace {

using record::Record;
using record::Stack;

constexpr double kHoursOfWarning = 4;  // before a volume that grows as it did under load is full

class Operations : private Part {
 public:
  Operations(const Record& record, const Stack& stack) : Part(record, stack) {}

  std::vector<Recommendation> take() {
    upkeep();
    watched_places();
    fast_temporary_files();
    connections();
    ways();
    document();
    return std::move(all_);
  }

 private:
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
        fmt::format("scripts/run.sh --service {0} --image {0}=YOUR_NEW_IMAGE\n", stack_.service),
        std::move(evidence), "operations");
    not_tried();
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
    not_tried();
  }

  // "1.81 (1.63 to 2.01)"
  static std::string figure(const record::Interval& of) {
    return fmt::format("{:.2f} ({:.2f} to {:.2f})", of.ratio, of.ci_low, of.ci_high);
  }

  // Another candidate that will do and of which the same figure does not say slower.
  [[nodiscard]] const record::Comparison* not_slower_than_control(const record::Comparison& like) const {
    for (const auto& row : record_.comparisons) {
      if (row.workload != like.workload || row.metric != like.metric || row.stack == stack_.id) continue;
      if (server_of(row.stack) != server_of(stack_.id) || !row.interval || row.interval->ci_low > 1) continue;
      const auto other = std::find_if(record_.stacks.begin(), record_.stacks.end(),
                                      [&](const Stack& each) { return each.id == row.stack; });
      if (other != record_.stacks.end() && other->role == "candidate" && sound(record_, *other)) return &row;
    }
    return nullptr;
  }

  void connections() {
    const auto* row = slower_to_connect();
    if (row == nullptr) return;
    const std::string name = row->workload + " " + row->metric;
    std::vector<std::string> evidence{at("comparison", name)};
    std::string why = fmt::format(
        "On {} a new connection takes {} times as long as on the control ({}); "
        "compose/{}/README.md has the reason. It was measured over the server's own loopback: where the "
        "control asks "
        "for no password there and this profile does, clients that have to give one anyway do not pay for it "
        "twice.",
        stack_.id, figure(*row->interval), name, stack_.service);
    std::string lines = "# A pool of connections, in the application or beside it.\n";
    if (const auto* other = not_slower_than_control(*row)) {
      why += fmt::format(" On {} it is {}.", other->stack, figure(*other->interval));
      evidence.push_back(fmt::format("{}: comparison {}", other->stack, name));
      lines += fmt::format("# Or, where that cannot be, the lines of {}.\n", profile_of(other->stack));
    }
    add("connections", "Keep connections open", why, lines, std::move(evidence), "operations");
    not_tried();
  }

  // Paths that a risk on this stack names and that one of these ways uses too: "/dev/shm".
  [[nodiscard]] std::string where_risks_remain(const std::string& lines,
                                               std::vector<std::string>& evidence) const {
    std::map<std::string, std::set<std::string>> risks;  // by path
    for (const auto& row : record_.attacks) {
      if (row.stack != stack_.id || row.classification != "residual-risk") continue;
      for (auto word : core::split(row.title, ' ')) {
        word.erase(word.find_last_not_of(",.:;)") + 1);
        if (!word.starts_with('/') || word.find('/', 1) == std::string::npos) continue;
        if (lines.find(word + "/") == std::string::npos) continue;
        if (risks[word].insert(row.id).second)
          evidence.push_back(at("attack", row.id + " as " + row.identity));
      }
    }
    std::string text;
    for (const auto& [path, ids] : risks)
      text += fmt::format(
          " {} stays open to others inside as well (risk {}): put only what is small and not "
          "secret there, and remove it at once.",
          path, fmt::join(ids, ", "));
    return text;
  }

  void document() {
    add("document", "Write down why each line is there",
        "So that nobody takes one away for looking needless, and each can be questioned.",
        fmt::format("# The reason of every line, and what shows it:\n"
                    "#   compose/README.md\n#   compose/{}/README.md\n",
                    stack_.service),
        {at("claim", "root")}, "operations");
    not_tried();
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
    return text;
  }

  // As the scenario says it in its evidence.
  [[nodiscard]] bool ended_when_full() const {
    const auto* check = passing("FullVolume");
    return check != nullptr &&
           std::any_of(check->evidence.begin(), check->evidence.end(), [](const auto& line) {
             return line.find(record::kEndedWhenFull) != std::string::npos;
           });
  }

  // Of this stack, or else of any of the same server.
  [[nodiscard]] const record::Finding* lost_when_full() const {
    const record::Finding* found = nullptr;
    for (const auto& finding : record_.findings) {
      if (finding.id != record::kLostWhenFull || server_of(finding.stack) != server_of(stack_.id)) continue;
      if (found == nullptr || of(finding.stack, stack_)) found = &finding;
    }
    return found;
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
    const auto* finding = lost_when_full();
    why += when_full(
        "FullVolume",
        fmt::format("A full volume was tried: the server says so{}, and acknowledges again when there is "
                    "space{}.",
                    finding == nullptr ? ", loses nothing that it acknowledged" : "",
                    ended_when_full() ? "; but it ended meanwhile and had to be started "
                                        "(restart: unless-stopped)"
                                      : ""),
        evidence);
    if (finding != nullptr) {
      why += " But: " + finding->text + ".";
      evidence.push_back(fmt::format("{}: finding {}", finding->stack, finding->id));
    }
    add("volume-" + place.substr(place.rfind('/') + 1), "Watch the volume at " + place, why, lines,
        std::move(evidence), "operations");
    not_tried();
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
    not_tried();
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
    const std::string risks = where_risks_remain(lines, evidence);
    add("ways", "Change how these things are done",
        fmt::format("{} work on {}{}; what stands below each was tried there and works.{}", how_many,
                    stack_.id, also, risks),
        lines, std::move(evidence), "operations");
  }
};

}  // namespace

std::vector<Recommendation> operations(const Record& record, const Stack& stack) {
  return Operations(record, stack).take();
}

}  // namespace rootseal::verdict
