#include "record/sample_parts.hpp"

namespace rootseal::record {
namespace {

Stack stack(const std::string& server, const std::string& profile, const std::string& role) {
  Stack stack;
  stack.id = server + "/" + profile;
  const bool postgres = server == "postgres-15";
  stack.service = postgres ? "postgres" : "rabbitmq";
  stack.profile = profile;
  stack.role = role;
  stack.image.reference = postgres ? "rootseal/postgres:15-1f3a9c0d2b44" : "rabbitmq:3.10.25";
  stack.image.digest = postgres ? "sha256:6d2f1e77" : "sha256:a90c4b15";
  stack.image.version = postgres ? "15" : "3.10";
  stack.image.built_here = postgres;
  stack.started = true;
  stack.started_in = postgres ? 1.9 : 6.4;
  stack.log = "logs/" + server + "-" + profile + ".log";
  stack.mounts = {"/ overlay rw"};
  if (postgres) stack.settings = {{"shared_buffers", "128MB"}, {"log_destination", "stderr"}};
  return stack;
}

Claim holds(const std::string& name, const std::string& value, const std::string& evidence) {
  return {name, value, true, evidence, "after performance"};
}

Stack readonly(const std::string& server) {
  Stack stack = record::stack(server, "readonly", "candidate");
  stack.claims = {holds("root", "read-only", "/ overlay ro; a write as uid 0 failed with EROFS"),
                  holds("writable", "/tmp", "/tmp tmpfs rw,nosuid,nodev,noexec"),
                  holds("tmpfs", "noexec", "/tmp tmpfs rw,nosuid,nodev,noexec")};
  stack.mounts = {"/ overlay ro", "/tmp tmpfs rw,nosuid,nodev,noexec,size=65536k"};
  return stack;
}

Stack hardened(const std::string& server) {
  Stack stack = readonly(server);
  stack.id = server + "/hardened";
  stack.profile = "hardened";
  stack.settings["config_file"] = "/etc/server.conf";
  stack.mounts.push_back("/etc/server.conf ext4 ro");
  stack.declared_settings = {"config_file"};
  stack.declared_mounts = {"/etc/server.*"};
  stack.log = "logs/" + server + "-hardened.log";
  stack.claims.push_back(holds("capabilities", "none", "CapBnd: 0000000000000000"));
  stack.claims.push_back(holds("no-new-privileges", "yes", "NoNewPrivs: 1"));
  return stack;
}

Stack as_analysed() {
  Stack stack = record::stack("postgres-15", "as-analysed", "specimen");
  stack.started = false;
  stack.mounts.clear();
  stack.settings.clear();
  stack.started_in = 0;
  stack.start_error =
      "container exited with code 1 (last log line: could not create lock file "
      "\"/var/run/postgresql/.s.PGSQL.5432.lock\": Read-only file system)";
  stack.deviations = {"a pinned image in place of latest", "named volumes in place of ./data and ./logs"};
  stack.claims = {
      {"root", "read-only", std::nullopt, "the container is not running", "before the first suite"}};
  return stack;
}

Check check(const std::string& id, const std::string& stack, const std::string& suite, Verdict verdict,
            double seconds, const std::string& message = "") {
  const bool postgres = stack.starts_with("postgres");
  return {id,
          stack,
          postgres ? "postgres" : "rabbitmq",
          stack.substr(stack.find('/') + 1),
          suite,
          verdict,
          seconds,
          message,
          {}};
}

void add_server(std::vector<Check>& checks, const std::string& server, const std::string& crud) {
  for (const char* profile : {"/baseline", "/readonly", "/hardened"}) {
    checks.push_back(check(crud, server + profile, "function", Verdict::pass, 0.84));
    checks.push_back(
        check("AnyKill.LosesNothingAcknowledged", server + profile, "recovery", Verdict::pass, 7.25));
  }
}

}  // namespace

std::vector<Stack> sample_stacks() {
  std::vector<Stack> all{stack("postgres-15", "baseline", "control"), readonly("postgres-15"),
                         hardened("postgres-15"), as_analysed(),
                         stack("postgres-15", "baseline-twin", "control")};
  all.push_back(stack("rabbitmq-3.10", "baseline", "control"));
  all.push_back(readonly("rabbitmq-3.10"));
  all.push_back(hardened("rabbitmq-3.10"));
  return all;
}

std::vector<Check> sample_checks() {
  std::vector<Check> checks;
  add_server(checks, "postgres-15", "PostgresCrud.RowsReadBackAsWritten");
  checks.push_back(check("PostgresCrud.DumpRestores", "postgres-15/hardened", "function",
                         Verdict::inconclusive, 0,
                         "the child crashed with signal 11; see logs/scenarios.log"));
  checks.back().evidence = {"last line: dumping \"orders\""};
  checks.push_back(check(kStartCheck, "postgres-15/as-analysed", "function", Verdict::fail, 4.1,
                         "did not start: /var/run/postgresql is not writable"));
  add_server(checks, "rabbitmq-3.10", "RabbitPublish.ConfirmedMessagesAreConsumedOnce");
  checks.push_back(check("AnyRestart.EmptiesTmpfs", "rabbitmq-3.10/readonly", "recovery", Verdict::fail, 9.5,
                         "/tmp/marker is still there after a restart; expected a fresh tmpfs\n<&> \x1b[31m"));
  checks.back().evidence = {"/tmp/marker: 36 bytes, written before the restart"};
  checks.push_back(check("AnyLogs.ArriveWhereTheProfileSays", "rabbitmq-3.10/baseline", "function",
                         Verdict::skipped, 0, "the profile does not say where"));
  return checks;
}

}  // namespace rootseal::record
