// wire/fields: the JSON keys of what crosses the boundary between processes (see record/archive.hpp).
#pragma once

#include "record/fields.hpp"
#include "wire/context.hpp"

namespace rootseal::wire {

using record::Is;

template <class Archive, Is<StackView> T>
void fields(Archive& archive, T& stack) {
  archive("id", stack.id);
  archive("service", stack.service);
  archive("version", stack.version);
  archive("profile", stack.profile);
  archive("role", stack.role);
  archive("project", stack.project);
  archive("container", stack.container);
  archive("image", stack.image);
  archive("port", stack.port);
  archive("user", stack.user);
  archive("database", stack.database);
  archive("password_file", stack.password_file);
  archive("claims", stack.claims);
  archive("writable", stack.writable);
  archive("logs", stack.logs);
}

template <class Archive, Is<ProfileView> T>
void fields(Archive& archive, T& profile) {
  archive("name", profile.name);
  archive("role", profile.role);
}

template <class Archive, Is<Context> T>
void fields(Archive& archive, T& context) {
  archive("run", context.run);
  archive("suite", context.suite);
  archive("size", context.size);
  archive("seed", context.seed);
  archive.since_then("patience_ms", context.patience_ms);
  archive("work_dir", context.work_dir);
  archive("stacks", context.stacks);
  archive("launch", context.launch);
  archive("client_cpus", context.client_cpus);
  archive("server_cpus", context.server_cpus);
  archive("prepared", context.prepared);
  archive("transport", context.transport);
  archive("profiles", context.profiles);
}

template <class Archive, Is<Started> T>
void fields(Archive& archive, T& started) {
  archive("check", started.check);
  archive("stack", started.stack);
}

template <class Archive, Is<StackRequest> T>
void fields(Archive& archive, T& request) {
  archive("like", request.like);
  archive("tag", request.tag);
  archive("overrides", request.overrides);
  archive("profile", request.profile);
  archive("data", request.data);
  archive("copy", request.copy);
  archive("data_size", request.data_size);
}

template <class Archive, Is<Recreate> T>
void fields(Archive& archive, T& recreate) {
  archive("stack", recreate.stack);
}

template <class Archive, Is<StackReply> T>
void fields(Archive& archive, T& reply) {
  archive("stack", reply.stack);
  archive("error", reply.error);
  archive("server", reply.server);
}

template <class Archive, Is<Release> T>
void fields(Archive& archive, T& release) {
  archive("stack", release.stack);
}

}  // namespace rootseal::wire
