// A data volume goes from the control's server to this profile's and back, as when a running service is
// hardened, and when that is taken back: both read what the other wrote. And one that belongs to somebody
// else.
#include <fmt/format.h>

#include "any/journal.hpp"
#include "testing/by_hand.hpp"
#include "testing/scenario.hpp"

namespace rootseal::scenarios::volume_taken_over {
namespace {

class VolumeTakenOver : public Scenario {
 protected:
  // Looks for everything that was written so far, writes on, and ends the server in order. Why that cannot
  // be.
  std::string why_not_gone_on(const RequestedStack& stack, Journal& journal, const std::string& who) const {
    const auto before = journal.acknowledged_so_far();
    const auto wrong = journal.differences(stack.target());
    if (!wrong.empty()) return who + ": " + shortened(wrong);
    if (!journal.append(stack.target(), static_cast<std::uint64_t>(by_size(50, 200, 1'000)), deadline()))
      return fmt::format("{}: entry {} was not acknowledged: {}", who, journal.attempted(), journal.refusal);
    stack.stop(core::Milliseconds(30'000));
    const int code = stack.container().state().exit_code;
    if (code != 0) return fmt::format("{} did not end by itself when asked to: exit code {}", who, code);
    evidence(fmt::format("{}: {} entries found, {} more acknowledged", who, before,
                         journal.acknowledged_so_far() - before));
    return "";
  }
};

TEST_P(VolumeTakenOver, FromTheControlAndBackLosesNothing) {
  if (stack().role == "control") not_here("this is the control: it would take over from itself");
  const std::string usual = control();
  Journal journal(ledger_of(service()), own_name(), random()());

  auto first = request_stack("before", Further{.profile = usual});
  journal.create(first.target(), first.container());
  const auto wrong = why_not_gone_on(first, journal, usual);
  ASSERT_TRUE(wrong.empty()) << wrong;

  attempt(
      "a server that runs is moved: docker compose stop, docker compose -f compose.yaml -f PROFILE.yaml "
      "up -d; and back: docker compose stop, docker compose -f compose.yaml up -d",
      [&] {
        auto second = request_stack("hardened", Further{.data = first.release()});
        const auto why = why_not_gone_on(second, journal, stack().profile + ", on that volume");
        if (!why.empty()) return why;
        const auto third = request_stack("back", Further{.profile = usual, .data = second.release()});
        return why_not_gone_on(third, journal, usual + ", on it again");
      });
}

ROOTSEAL_LONGER_SCENARIOS(recovery, VolumeTakenOver, kAnyService);

class VolumeOfAnotherUser : public VolumeTakenOver {
 protected:
  [[nodiscard]] std::string volume_of(const RequestedStack& stack) const {
    const auto said = docker(
        {{"inspect", "--format",
          fmt::format(
              "{{{{range .Mounts}}}}{{{{if eq .Destination \"{}\"}}}}{{{{.Name}}}}{{{{end}}}}{{{{end}}}}",
              service().description().facts.at("data_dir")),
          stack.container().id()}});
    auto name = said.out.substr(0, said.out.find('\n'));
    if (name.empty()) environment_fault("its data volume is not known: " + why_not(said));
    return name;
  }
  [[nodiscard]] std::string given_to(const std::string& volume, unsigned uid, unsigned gid) const {
    return why_not(docker({beside(stack(), kGive,
                                  {{"VOLUME", volume},
                                   {"IMAGE", stack().image},
                                   {"UID", std::to_string(uid)},
                                   {"GID", std::to_string(gid)}})}));
  }
  static constexpr const char* kGive =
      "docker run --rm -i --user 0 -v VOLUME:/data --entrypoint chown IMAGE -R UID:GID /data";
};

// As another image leaves it, whose server has another uid, or a copy that root made.
TEST_P(VolumeOfAnotherUser, IsTakenOver) {
  const engine::User own = service().description().user;
  const unsigned other = own.uid + 1'000;
  Journal journal(ledger_of(service()), own_name(), random()());
  auto first = request_stack("before", Further{.profile = control()});
  const auto volume = volume_of(first);
  journal.create(first.target(), first.container());
  const auto wrong = why_not_gone_on(first, journal, "before");
  ASSERT_TRUE(wrong.empty()) << wrong;
  const std::string data = first.release();
  const auto kept = given_to(volume, other, other);
  if (!kept.empty()) environment_fault("giving the volume to another user: " + kept);

  const auto taken_over = [&](const std::string& tag) {
    const auto server = request_stack(tag, Further{.data = data});
    return why_not_gone_on(server, journal, tag);
  };
  attempt(
      "a server is moved to a data volume that belongs to another uid: docker compose stop, "
      "docker compose -f compose.yaml -f PROFILE.yaml up -d",
      [&] { return taken_over("as-it-is"); })
      .works_where("root", "writable")
      .instead(std::string("docker compose stop; ") + kGive +
                   ", with the uid and gid that the server runs as; "
                   "docker compose -f compose.yaml -f PROFILE.yaml up -d",
               [&] {
                 const auto why = given_to(volume, own.uid, own.gid);
                 return why.empty() ? taken_over("given") : why;
               });
}

ROOTSEAL_LONGER_SCENARIOS(workflow, VolumeOfAnotherUser, kAnyService);

}  // namespace
}  // namespace rootseal::scenarios::volume_taken_over
