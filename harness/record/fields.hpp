// record/fields: the JSON keys of every type of the record, in the order in which they are written. One list
// per type serves both directions (record/archive.hpp). The JSON Schema in results/schema/ says the same; a
// test compares them.
#pragma once

#include "record/archive.hpp"
#include "record/record.hpp"

namespace rootseal::record {

template <class Archive, Is<Tool> T>
void fields(Archive& archive, T& tool) {
  archive("version", tool.version);
  archive("git", tool.git);
}

template <class Archive, Is<Run> T>
void fields(Archive& archive, T& run) {
  archive("id", run.id);
  archive("started", run.started);
  archive("finished", run.finished);
  archive("argv", run.argv);
  archive("seed", run.seed);
  archive("size", run.size);
  archive("suites", run.suites);
  archive("verdict", run.verdict);
  archive("exit_status", run.exit_status);
  archive("reasons", run.reasons);
  archive("faults", run.faults);
}

template <class Archive, Is<Environment> T>
void fields(Archive& archive, T& environment) {
  archive("kernel", environment.kernel);
  archive("cpus", environment.cpus);
  archive("memory", environment.memory);
  archive("docker", environment.docker);
  archive("docker_client", environment.docker_client);
  archive("compose", environment.compose);
  archive("runtime", environment.runtime);
  archive("storage_driver", environment.storage_driver);
  archive("cgroup", environment.cgroup);
  archive("lsm", environment.lsm);
  archive("os", environment.os);
}

template <class Archive, Is<Image> T>
void fields(Archive& archive, T& image) {
  archive("reference", image.reference);
  archive("digest", image.digest);
  archive("registry_digest", image.registry_digest);
  archive("version", image.version);
  archive("built_here", image.built_here);
}

template <class Archive, Is<Claim> T>
void fields(Archive& archive, T& claim) {
  archive("name", claim.name);
  archive("value", claim.value);
  archive("holds", claim.holds);
  archive("evidence", claim.evidence);
  archive("verified", claim.verified);
}

template <class Archive, Is<File> T>
void fields(Archive& archive, T& file) {
  archive("name", file.name);
  archive("text", file.text);
}

template <class Archive, Is<Stack> T>
void fields(Archive& archive, T& stack) {
  archive("id", stack.id);
  archive("service", stack.service);
  archive("image", stack.image);
  archive("profile", stack.profile);
  archive("role", stack.role);
  archive("claims", stack.claims);
  archive("settings", stack.settings);
  archive("started", stack.started);
  archive("started_in", stack.started_in);
  archive("start_error", stack.start_error);
  archive("user", stack.user);
  archive("logs", stack.logs);
  archive("mounts", stack.mounts);
  archive("declared_settings", stack.declared_settings);
  archive("declared_mounts", stack.declared_mounts);
  archive("deviations", stack.deviations);
  archive.since_then("files", stack.files);
  archive("log", stack.log);
}

template <class Archive, Is<Check> T>
void fields(Archive& archive, T& check) {
  archive("id", check.id);
  archive("stack", check.stack);
  archive("service", check.service);
  archive("profile", check.profile);
  archive("suite", check.suite);
  archive("verdict", check.verdict);
  archive("seconds", check.seconds);
  archive("message", check.message);
  archive("evidence", check.evidence);
}

template <class Archive, Is<Task> T>
void fields(Archive& archive, T& task) {
  archive("id", task.id);
  archive("stack", task.stack);
  archive("service", task.service);
  archive("profile", task.profile);
  archive("title", task.title);
  archive("works", task.works);
  archive("happened", task.happened);
  archive("instead", task.instead);
  archive("instead_works", task.instead_works);
}

template <class Archive, Is<Attack::Credit> T>
void fields(Archive& archive, T& credit) {
  archive("given", credit.given);
  archive("reason", credit.reason);
}

template <class Archive, Is<Attack::Liveness> T>
void fields(Archive& archive, T& liveness) {
  archive("seen", liveness.seen);
  archive("where", liveness.where);
}

template <class Archive, Is<Attack> T>
void fields(Archive& archive, T& attack) {
  archive("id", attack.id);
  archive("title", attack.title);
  archive("stack", attack.stack);
  archive("service", attack.service);
  archive("profile", attack.profile);
  archive("role", attack.role);
  archive("identity", attack.identity);
  archive("threat", attack.threat);
  archive("severity", attack.severity);
  archive("references", attack.references);
  archive("observed", attack.observed);
  archive("stopped_by", attack.stopped_by);
  archive("must_be_blocked_by", attack.must_be_blocked_by);
  archive("by_design", attack.by_design);
  archive("throwaway", attack.throwaway);
  archive("protection_off", attack.protection_off);
  archive("credit", attack.credit);
  archive("liveness", attack.liveness);
  archive("class", attack.classification);
  archive("verdict", attack.verdict);
  archive("seconds", attack.seconds);
  archive("note", attack.note);
  archive("remedy", attack.remedy);
  archive("evidence", attack.evidence);
}

template <class Archive, Is<Threat> T>
void fields(Archive& archive, T& threat) {
  archive("service", threat.service);
  archive("stack", threat.stack);
  archive("profile", threat.profile);
  archive("threat", threat.threat);
  archive("verdict", threat.verdict);
  archive("prevented", threat.prevented);
  archive("residual", threat.residual);
  archive("by_design", threat.by_design);
  archive("text", threat.text);
}

template <class Archive, Is<SurfaceMount> T>
void fields(Archive& archive, T& mount) {
  archive("path", mount.path);
  archive("type", mount.type);
  archive("options", mount.options);
  archive("executable", mount.executable);
  archive("size", mount.size);
}

template <class Archive, Is<Surface> T>
void fields(Archive& archive, T& surface) {
  archive("stack", surface.stack);
  archive("service", surface.service);
  archive("profile", surface.profile);
  archive("identity", surface.identity);
  archive("measured", surface.measured);
  archive("note", surface.note);
  archive("directories_seen", surface.directories_seen);
  archive("files_seen", surface.files_seen);
  archive("writable_dirs", surface.writable_dirs);
  archive("writable_files", surface.writable_files);
  archive("executable_dirs", surface.executable_dirs);
  archive("replaceable_executables", surface.replaceable_executables);
  archive("replaceable_configs", surface.replaceable_configs);
  archive("setuid_files", surface.setuid_files);
  archive("examples", surface.examples);
  archive("mounts", surface.mounts);
  archive("undeclared", surface.undeclared);
}

template <class Archive, Is<Epoch> T>
void fields(Archive& archive, T& epoch) {
  archive("service", epoch.service);
  archive("workload", epoch.workload);
  archive("stack", epoch.stack);
  archive("against", epoch.against);
  archive("launch", epoch.launch);
  archive("number", epoch.number);
  archive("transport", epoch.transport);
  archive("placement", epoch.placement);
  archive("seconds", epoch.seconds);
  archive("judged", epoch.judged);
  archive("baseline", epoch.baseline);
  archive("contender", epoch.contender);
}

template <class Archive, Is<Interval> T>
void fields(Archive& archive, T& interval) {
  archive("ratio", interval.ratio);
  archive("ci_low", interval.ci_low);
  archive("ci_high", interval.ci_high);
}

template <class Archive, Is<Launch> T>
void fields(Archive& archive, T& launch) {
  archive("number", launch.number);
  archive("baseline_value", launch.baseline_value);
  archive("value", launch.value);
  archive("ratio", launch.ratio);
  archive("epochs", launch.epochs);
}

// The interval of a comparison stands at its top level, as the design has it: three numbers, or three nulls.
template <class Archive, Is<std::optional<Interval>> T>
void interval_fields(Archive& archive, T& interval) {
  std::optional<double> ratio;
  std::optional<double> low;
  std::optional<double> high;
  if (interval) {
    ratio = interval->ratio;
    low = interval->ci_low;
    high = interval->ci_high;
  }
  archive("ratio", ratio);
  archive("ci_low", low);
  archive("ci_high", high);
  if constexpr (!std::is_const_v<T>) {
    if (ratio.has_value() != low.has_value() || ratio.has_value() != high.has_value()) {
      refuse(archive.path(), "ratio, ci_low and ci_high must be numbers or null together");
    }
    interval.reset();
    if (ratio) interval = Interval{*ratio, *low, *high};
  }
}

template <class Archive, Is<Comparison> T>
void fields(Archive& archive, T& comparison) {
  archive("service", comparison.service);
  archive("workload", comparison.workload);
  archive("metric", comparison.metric);
  archive("unit", comparison.unit);
  archive("better", comparison.better);
  archive("stack", comparison.stack);
  archive("profile", comparison.profile);
  archive("against", comparison.against);
  archive("baseline_value", comparison.baseline_value);
  archive("value", comparison.value);
  interval_fields(archive, comparison.interval);
  archive("margin", comparison.margin);
  archive("judged", comparison.judged);
  archive("bootstrap", comparison.bootstrap);
  archive("sign_flip_p", comparison.sign_flip_p);
  archive("smallest_detectable", comparison.smallest_detectable);
  archive("launches_needed", comparison.launches_needed);
  archive("twin", comparison.twin);
  archive("verdict", comparison.verdict);
  archive("note", comparison.note);
  archive("samples", comparison.samples);
  archive("launches", comparison.launches);
}

template <class Archive, Is<Resource> T>
void fields(Archive& archive, T& resource) {
  archive("stack", resource.stack);
  archive("name", resource.name);
  archive("unit", resource.unit);
  archive("value", resource.value);
}

template <class Archive, Is<Finding> T>
void fields(Archive& archive, T& finding) {
  archive("id", finding.id);
  archive("severity", finding.severity);
  archive("stack", finding.stack);
  archive("text", finding.text);
  archive("evidence", finding.evidence);
}

template <class Archive, Is<Skipped> T>
void fields(Archive& archive, T& skipped) {
  archive("what", skipped.what);
  archive("stack", skipped.stack);
  archive("reason", skipped.reason);
}

template <class Archive, Is<Record> T>
void fields(Archive& archive, T& record) {
  archive("schema_version", record.schema_version);
  archive("tool", record.tool);
  archive("run", record.run);
  archive("environment", record.environment);
  archive("stacks", record.stacks);
  archive("checks", record.checks);
  archive("tasks", record.tasks);
  archive("attacks", record.attacks);
  archive("threats", record.threats);
  archive("surface", record.surface);
  archive("epochs", record.epochs);
  archive("comparisons", record.comparisons);
  archive("resources", record.resources);
  archive("findings", record.findings);
  archive("skipped", record.skipped);
}

}  // namespace rootseal::record
