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
  stack.image.registry_digest = postgres ? "" : "rabbitmq@sha256:0b7f33c2";
  stack.image.version = postgres ? "15" : "3.10";
  stack.image.built_here = postgres;
  stack.started = true;
  stack.started_in = postgres ? 1.9 : 6.4;
  stack.user = "999:999";
  stack.logs = "console";
  stack.log = "logs/" + server + "-" + profile + ".log";
  stack.mounts = {"/ overlay rw"};
  if (postgres) stack.settings = {{"shared_buffers", "128MB"}, {"log_destination", "stderr"}};
  return stack;
}

Claim holds(const std::string& name, const std::string& value, const std::string& evidence) {
  return {name, value, true, evidence, "after performance"};
}

// As compose/ has them, in short.
std::vector<File> files_of(const Stack& stack) {
  const bool postgres = stack.service == "postgres";
  const std::string base =
      "# As most people run it.\nservices:\n  server:\n    image: ${ROOTSEAL_IMAGE}\n    volumes:\n      - ";
  std::vector<File> files{{stack.service + "/compose.yaml",
                           base + (postgres ? "data:/var/lib/postgresql/data" : "data:/var/lib/rabbitmq") +
                               "\n\nvolumes:\n  data:\n"}};
  std::string more = "services:\n  server:\n    read_only: true\n    tmpfs:\n      - /tmp:size=64m\n";
  if (stack.profile == "hardened") {
    more +=
        "    user: \"999:999\"\n    volumes:\n      - ./hardened/server.conf:/etc/server.conf:ro\n"
        "    command:\n      - server\n      - --config=/etc/server.conf\n";
  }
  files.push_back({stack.service + "/" + stack.profile + ".yaml", more});
  if (stack.profile == "hardened") files.push_back({stack.service + "/hardened/server.conf", "limit = 1\n"});
  return files;
}

Stack readonly(const std::string& server) {
  Stack stack = record::stack(server, "readonly", "candidate");
  stack.claims = {holds("root", "read-only", "/ overlay ro; a write as uid 0 failed with EROFS"),
                  holds("writable", "/tmp", "/tmp tmpfs rw,nosuid,nodev,noexec"),
                  holds("tmpfs", "noexec", "/tmp tmpfs rw,nosuid,nodev,noexec")};
  stack.mounts = {"/ overlay ro", "/tmp tmpfs rw,nosuid,nodev,noexec size=65536k mode=1777 uid=999 gid=999"};
  stack.files = files_of(stack);
  return stack;
}

Stack hardened(const std::string& server) {
  Stack stack = readonly(server);
  stack.id = server + "/hardened";
  stack.profile = "hardened";
  stack.files = files_of(stack);
  stack.settings["config_file"] = "/etc/server.conf";
  stack.mounts.push_back("/etc/server.conf ext4 ro");
  stack.declared_settings = {"config_file"};
  stack.declared_mounts = {"/etc/server.*"};
  stack.log = "logs/" + server + "-hardened.log";
  stack.claims.push_back(holds("capabilities", "none", "CapBnd: 0000000000000000"));
  stack.claims.push_back(holds("no-new-privileges", "true", "NoNewPrivs: 1"));
  stack.claims.push_back(holds("uid", "999", "PID 1: effective uid 999"));
  stack.claims.push_back(holds("pids", "512", "pids.max: 512"));
  stack.claims.push_back(holds("memory", "1073741824", "memory.max: 1073741824"));
  return stack;
}

Stack as_analysed() {
  Stack stack = record::stack("postgres-15", "as-analysed", "specimen");
  stack.started = false;
  stack.mounts.clear();
  stack.settings.clear();
  stack.started_in = 0;
  stack.user.clear();
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

constexpr const char* kCopyIn = "AnyFiles.AProgramGoesIn";

Task task(const std::string& id, const std::string& stack, const std::string& title) {
  Task task;
  task.id = id;
  task.stack = stack;
  task.service = stack.substr(0, stack.find('-'));
  task.profile = stack.substr(stack.find('/') + 1);
  task.title = title;
  return task;
}

void add_server(std::vector<Check>& checks, const std::string& server, const std::string& crud) {
  for (const char* profile : {"/baseline", "/readonly", "/hardened"}) {
    checks.push_back(check(crud, server + profile, "function", Verdict::pass, 0.84));
    checks.push_back(
        check("AnyKill.LosesNothingAcknowledged", server + profile, "recovery", Verdict::pass, 7.25));
    checks.push_back(check(kCopyIn, server + profile, "workflow", Verdict::pass, 1.1));
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
  checks.push_back(
      check("AnyRestart.EmptiesTmpfs", "rabbitmq-3.10/readonly", "recovery", Verdict::fail, 9.5,
            "/tmp/marker is still there after a restart; expected a fresh tmpfs\n<&> \x1b[31m\x1b[2J"));
  checks.back().evidence = {"/tmp/marker: 36 bytes, written before the restart"};
  checks.push_back(check("AnyLogs.ArriveWhereTheProfileSays", "rabbitmq-3.10/baseline", "function",
                         Verdict::skipped, 0, "the profile does not say where"));
  return checks;
}

std::vector<Task> sample_tasks() {
  std::vector<Task> all;
  for (const std::string server : {"postgres-15", "rabbitmq-3.10"}) {
    for (const std::string profile : {"/baseline", "/readonly", "/hardened"}) {
      all.push_back(task(kCopyIn, server + profile, "docker cp of a program into /usr/local/bin"));
      all.back().works = profile == "/baseline";
      if (all.back().works) continue;
      all.back().happened = "exit code 1: container rootfs is marked read-only";
      all.back().instead = "a container beside it with the program: docker run --network container:...";
      all.back().instead_works = true;
    }
  }
  all.push_back(task("AnyFiles.AProgramGoesIn#2", "rabbitmq-3.10/readonly", "run the program in place"));
  all.back().happened = "sh: /usr/local/bin/tool: not found\n<&> \x1b[31m\x1b[2J";
  all.back().instead = "run it from the data volume";
  all.back().instead_works = false;
  return all;
}

}  // namespace rootseal::record
