#include "verdict/paste.hpp"

#include <fmt/format.h>

#include <map>

#include "core/text.hpp"
#include "verdict/advice.hpp"
#include "verdict/advice_parts.hpp"
#include "verdict/tried_files.hpp"

namespace rootseal::verdict {
namespace {

using record::Record;
using record::Stack;

constexpr std::size_t kKeyIndent = 4;  // of a key of the service: "services:", "  server:", "    user:"

class Paste : private Part {
 public:
  Paste(const Record& record, const Stack& stack) : Part(record, stack) {
    for (const auto& each : advice(record, stack)) reasons_.insert(each.beside.begin(), each.beside.end());
  }

  std::vector<Recommendation> take(bool smallest) {
    for (const auto& file : stack_.files) {
      if (file.name == own_file(stack_)) compose(file, smallest);
    }
    if (all_.empty()) return {};
    for (const auto& file : stack_.files) {
      if (!is_compose_file(file)) configuration(file);
    }
    return std::move(all_);
  }

 private:
  // "./hardened/server.conf", as the Compose file names it.
  [[nodiscard]] static std::string beside_it(const record::File& file) {
    return "./" + file.name.substr(file.name.find('/') + 1);
  }

  [[nodiscard]] std::string with_reason(const std::string& line) const {
    const auto reason = reasons_.find(line.substr(kKeyIndent, line.find(':') - kKeyIndent));
    return line + "  # " +
           (reason != reasons_.end() ? reason->second
                                     : fmt::format("why: compose/{}/README.md", stack_.service));
  }

  // The entry of the service under another name, without the comments of the file; what else the file has, as
  // it is.
  [[nodiscard]] std::string block(const record::File& file) const {
    std::string keys, others;
    bool inside = false;
    for (const auto& line : core::split(file.text, '\n')) {
      const auto at = line.find_first_not_of(' ');
      if (at == std::string::npos || line[at] == '#') continue;
      if (at == 0) inside = line.starts_with("services:");
      if (!inside) others += line + "\n";
      if (inside && at >= kKeyIndent) keys += (at == kKeyIndent ? with_reason(line) : line) + "\n";
    }
    return keys.empty() ? ""
                        : "services:\n  YOUR_SERVICE:  # the name that it has in your file\n" + keys + others;
  }

  [[nodiscard]] std::string data_volumes() const {
    std::vector<std::string> places;
    if (const auto* claim = holding(stack_, "writable")) {
      for (const auto& place : list_of(*claim)) {
        const auto mount = mount_at(stack_, place);
        if (mount && mount->type != "tmpfs") places.push_back(place);
      }
    }
    return places.empty() ? "" : fmt::format(", and a volume at {}", core::join(places, ", "));
  }

  [[nodiscard]] std::string files_to_put() const {
    std::vector<std::string> names;
    for (const auto& file : stack_.files) {
      if (!is_compose_file(file)) names.push_back(beside_it(file));
    }
    return names.empty() ? "" : fmt::format(" It mounts {}: see below.", core::join(names, ", "));
  }

  // Where the tried file has one.
  [[nodiscard]] std::string fixed_name() const {
    for (const auto& file : stack_.files) {
      if (is_compose_file(file) && file.text.find("\n    hostname:") != std::string::npos)
        return " The server that was tried has a fixed `hostname:`. Where yours has none, give it the name "
               "that "
               "it has now: a container that is made anew gets another, and data that belong to the old name "
               "are not found again.";
    }
    return "";
  }

  // What a reader loses who pastes without looking.
  [[nodiscard]] std::string what_it_replaces(const std::string& lines) const {
    std::string text;
    if (lines.find("\n    command:") != std::string::npos)
      text += " Its `command:` replaces that of your file as a whole: add your own options to it.";
    if (!stack_.declared_settings.empty())
      text += fmt::format(
          " Before it serves anybody, put your own values into its configuration, which was written for this "
          "trial and "
          "sets otherwise than the control: {}.",
          core::join(stack_.declared_settings, ", "));
    return text;
  }

  void compose(const record::File& file, bool smallest) {
    const std::string lines = block(file);
    if (lines.empty()) return;
    std::string why = fmt::format(
        "Put the keys under your service, and where it has such a key already, add the entries to it. Or "
        "keep "
        "the block as a file, as it was tried: docker compose -f YOUR_COMPOSE_FILE -f THIS_FILE up -d. Your "
        "file keeps its image, users, passwords and ports{}.{}{}{} {} on {} with these lines; what "
        "it "
        "had besides stands in the whole files below.",
        data_volumes(), files_to_put(), what_it_replaces(lines), fixed_name(), passed(record_, stack_).text,
        stack_.id);
    std::vector<std::string> evidence{at("file", file.name)};
    if (const auto* row = slower_to_connect()) {
      why += fmt::format(" A new connection takes {:.2f} times as long: see \"Keep connections open\" below.",
                         row->interval->ratio);
      evidence.push_back(at("comparison", row->workload + " " + row->metric));
    }
    for (const auto& claim : stack_.claims) evidence.push_back(at("claim", claim.name));
    for (const auto& row : record_.attacks) {
      if (row.stack == stack_.id && row.credit.given)
        evidence.push_back(at("attack", row.id + " as " + row.identity));
    }
    add("paste-" + stack_.profile,
        fmt::format("Paste into your Compose file: {}{}", stack_.profile,
                    smallest ? ", the smallest change" : ""),
        why, lines, std::move(evidence));
  }

  void configuration(const record::File& file) {
    const std::string name = beside_it(file);
    add("paste-" + file.name.substr(file.name.find('/') + 1), fmt::format("Paste into {}", name),
        fmt::format(
            "A file beside your Compose file, which the block of {} mounts read-only; as it was tried.",
            stack_.profile),
        file.text.ends_with('\n') ? file.text : file.text + "\n", {at("file", file.name)}, "configuration");
  }

  std::map<std::string, std::string> reasons_;
};

}  // namespace

std::vector<Recommendation> paste_blocks(const Record& record, const Stack& stack, bool smallest) {
  return Paste(record, stack).take(smallest);
}

}  // namespace rootseal::verdict
