#include "record/sample_parts.hpp"

namespace rootseal::record {
namespace {

struct Seen {
  const char* profile;
  Observed observed;
  const char* stopped_by;
};

Attack row(const Attack& like, const std::string& server, const Seen& seen) {
  Attack attack = like;
  attack.service = server.substr(0, server.find('-'));
  attack.profile = seen.profile;
  attack.stack = server + "/" + seen.profile;
  attack.role = attack.profile == "baseline" ? "control" : "candidate";
  attack.observed = seen.observed;
  attack.stopped_by = seen.stopped_by;
  attack.seconds = 0.31;
  return attack;
}

void judged(Attack& attack, Attack::Credit credit, const std::string& live_on,
            const std::string& classification, Verdict verdict = Verdict::pass) {
  attack.credit = std::move(credit);
  attack.liveness = {!live_on.empty(), live_on};
  attack.classification = classification;
  attack.verdict = verdict;
}

const Attack::Credit kNotBlocked{false, "it was not blocked"};
const Attack::Credit kControl{false, "this is the control: it has no read-only root to credit"};

void drop_program(std::vector<Attack>& all, const std::string& server) {
  Attack drop;
  drop.id = "G01";
  drop.title = "drop a program in /usr/local/bin and run it";
  drop.identity = "root";
  drop.threat = "malware-installation";
  drop.severity = "high";
  drop.references = {"ATT&CK T1105", "CIS 5.13"};
  const std::string baseline = server + "/baseline";
  all.push_back(row(drop, server, {"baseline", Observed::succeeded, ""}));
  all.back().evidence = {"wrote /usr/local/bin/rootseal-G01", "outside view: the file is there, 35664 bytes"};
  judged(all.back(), kNotBlocked, baseline, "residual-risk");
  for (const char* profile : {"readonly", "hardened"}) {
    all.push_back(row(drop, server, {profile, Observed::blocked, "EROFS"}));
    all.back().must_be_blocked_by = {"root: read-only"};
    judged(all.back(), {true, "blocked by EROFS here; succeeded on " + baseline}, baseline,
           "prevented-by-read-only-root");
  }
  drop.identity = "service";
  all.push_back(row(drop, server, {"baseline", Observed::blocked, "EACCES"}));
  judged(all.back(), kControl, "", "prevented-by-other-control");
  all.push_back(row(drop, server, {"readonly", Observed::blocked, "EROFS"}));
  judged(all.back(), {false, "blocked on baseline too: EACCES"}, "", "prevented-on-both-sides");
}

void run_from_dev(std::vector<Attack>& all) {
  Attack dev;
  dev.id = "G10";
  dev.title = "run a program from /dev";
  dev.identity = "root";
  dev.threat = "malware-installation";
  dev.severity = "medium";
  dev.remedy = "run the server as a user other than root";
  dev.note = "/dev is a tmpfs of the runtime, writable and executable for uid 0";
  for (const char* profile : {"baseline", "readonly"}) {
    all.push_back(row(dev, "postgres-15", {profile, Observed::succeeded, ""}));
    judged(all.back(), kNotBlocked, "postgres-15/baseline", "residual-risk");
  }
  all.push_back(row(dev, "postgres-15", {"hardened", Observed::blocked, "EACCES"}));
  judged(all.back(), {false, "blocked by EACCES, not by the read-only root"}, "postgres-15/baseline",
         "prevented-by-other-control");
}

void remount(std::vector<Attack>& all) {
  Attack remount;
  remount.id = "G16";
  remount.title = "remount the root writable";
  remount.identity = "root";
  remount.threat = "persistence";
  remount.severity = "critical";
  const std::string live = "postgres-15/readonly+live-G16";
  all.push_back(row(remount, "postgres-15", {"baseline", Observed::blocked, "EPERM"}));
  judged(all.back(), kControl, live, "prevented-by-other-control");
  all.push_back(row(remount, "postgres-15", {"readonly", Observed::blocked, "EPERM"}));
  all.back().must_be_blocked_by = {"root: read-only"};
  judged(all.back(), {false, "blocked by EPERM, not by the read-only root"}, live, "prevented-on-both-sides");
  all.push_back(row(remount, "postgres-15", {"readonly", Observed::succeeded, ""}));
  all.back().stack = live;
  all.back().throwaway = true;
  all.back().protection_off = "capabilities: SYS_ADMIN added";
  judged(all.back(), {false, "a liveness trial, not judged"}, live, "unknown");
  all.push_back(row(remount, "rabbitmq-3.10", {"readonly", Observed::blocked, "EPERM"}));
  all.back().must_be_blocked_by = {"root: read-only"};
  judged(all.back(), {false, "blocked by EPERM, not by the read-only root"}, "", "unknown",
         Verdict::inconclusive);
}

void write_data(std::vector<Attack>& all) {
  Attack data;
  data.id = "R02";
  data.title = "change the broker's state on its data volume";
  data.identity = "service";
  data.threat = "message-queue-poisoning";
  data.severity = "high";
  data.by_design = true;
  for (const char* profile : {"baseline", "readonly"}) {
    all.push_back(row(data, "rabbitmq-3.10", {profile, Observed::succeeded, ""}));
    judged(all.back(), kNotBlocked, "rabbitmq-3.10/baseline", "allowed-by-design");
  }
}

void run_from_shm(std::vector<Attack>& all) {
  Attack shm;
  shm.id = "G09";
  shm.title = "run a program from /dev/shm";
  shm.identity = "root";
  shm.threat = "malware-installation";
  shm.severity = "medium";
  all.push_back(row(shm, "rabbitmq-3.10", {"baseline", Observed::inconclusive, ""}));
  all.back().note = "the helper was killed at its deadline";
  judged(all.back(), {false, "the outcome is not known"}, "rabbitmq-3.10/readonly", "unknown",
         Verdict::inconclusive);
  all.push_back(row(shm, "rabbitmq-3.10", {"readonly", Observed::succeeded, ""}));
  all.back().must_be_blocked_by = {"tmpfs: noexec"};
  judged(all.back(), kNotBlocked, "rabbitmq-3.10/readonly", "residual-risk", Verdict::fail);
  shm.id = "G07";
  shm.title = "install a package";
  all.push_back(row(shm, "rabbitmq-3.10", {"readonly", Observed::skipped, "prerequisite"}));
  all.back().note = "dpkg is not in the image";
  judged(all.back(), {false, "not tried"}, "", "unknown", Verdict::skipped);
}

Surface surface(const std::string& stack, const std::string& identity, bool all_of_it) {
  Surface surface;
  surface.stack = stack;
  surface.service = stack.substr(0, stack.find('-'));
  surface.profile = stack.substr(stack.find('/') + 1);
  surface.identity = identity;
  surface.measured = true;
  surface.note = "by access(2) from inside; /proc and /sys left out";
  surface.directories_seen = 2213;
  surface.files_seen = 18440;
  surface.writable_dirs = all_of_it ? 2213 : 31;
  surface.writable_files = all_of_it ? 18440 : 985;
  surface.executable_dirs = all_of_it ? 2211 : 29;
  surface.replaceable_executables = all_of_it ? 610 : 0;
  surface.replaceable_configs = all_of_it ? 174 : 4;
  surface.setuid_files = 9;
  surface.examples = all_of_it ? std::vector<std::string>{"/"}
                               : std::vector<std::string>{"/dev", "/tmp", "/var/lib/" + surface.service};
  surface.mounts = {{"/tmp", "tmpfs", "rw,nosuid,nodev,noexec", false, 67108864},
                    {"/dev", "tmpfs", "rw", true, 0}};
  return surface;
}

}  // namespace

std::vector<Attack> sample_attacks() {
  std::vector<Attack> all;
  drop_program(all, "postgres-15");
  run_from_dev(all);
  remount(all);
  drop_program(all, "rabbitmq-3.10");
  write_data(all);
  run_from_shm(all);
  return all;
}

std::vector<Surface> sample_surface() {
  std::vector<Surface> all{surface("postgres-15/baseline", "root", true),
                           surface("postgres-15/readonly", "root", false),
                           surface("rabbitmq-3.10/readonly", "service", false)};
  all.back().mounts.push_back({"/srv", "ext4", "rw,relatime", true, 1073741824});
  all.back().undeclared = {"/srv"};
  Surface unmeasured = surface("postgres-15/hardened", "root", false);
  unmeasured.measured = false;
  unmeasured.note = "rootseal-scan gave no answer: killed at its deadline";
  unmeasured.directories_seen = unmeasured.files_seen = unmeasured.setuid_files = 0;
  unmeasured.writable_dirs = unmeasured.writable_files = unmeasured.executable_dirs = 0;
  unmeasured.replaceable_configs = 0;
  unmeasured.examples.clear();
  unmeasured.mounts.clear();
  all.push_back(unmeasured);
  return all;
}

}  // namespace rootseal::record
