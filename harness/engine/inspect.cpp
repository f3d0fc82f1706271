#include "engine/inspect.hpp"

#include <exception>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "core/secret.hpp"
#include "core/text.hpp"

namespace rootseal::engine {
namespace {

using nlohmann::json;

template <typename Reader>
auto understood(const std::string& what, const std::string& text, Reader reader) {
  try {
    return reader(json::parse(text));
  } catch (const std::exception& error) {  // of the parser, or a port that is no number
    throw core::HarnessError({"reading the engine's answer to " + what, "",
                              std::string(error.what()) + ": " + core::UntrustedText(text).printable(200),
                              ""});
  }
}

// The value behind a path of keys, or `otherwise` where a key is absent or null.
template <typename Value>
Value at(const json& from, std::initializer_list<const char*> path, Value otherwise) {
  const json* here = &from;
  for (const char* key : path) {
    if (!here->is_object() || !here->contains(key)) return otherwise;
    here = &here->at(key);
  }
  return here->is_null() ? otherwise : here->get<Value>();
}

// The engine names a volume that nobody named with 64 hexadecimal digits.
bool anonymous(const std::string& name) {
  return name.size() == 64 && name.find_first_not_of("0123456789abcdef") == std::string::npos;
}

State state_of(const json& container) {
  const json& from = container.at("State");
  State state;
  state.running = from.at("Running").get<bool>();
  state.paused = at(from, {"Paused"}, false);
  state.exit_code = from.at("ExitCode").get<int>();
  state.oom_killed = at(from, {"OOMKilled"}, false);
  state.pid = from.at("Pid").get<int>();
  state.started_at = at(from, {"StartedAt"}, std::string());
  state.error = at(from, {"Error"}, std::string());
  state.readonly_rootfs = at(container, {"HostConfig", "ReadonlyRootfs"}, false);
  state.upper_dir = at(container, {"GraphDriver", "Data", "UpperDir"}, std::string());
  for (const json& mount : at(container, {"Mounts"}, json::array())) {
    if (at(mount, {"Type"}, std::string()) != "volume") continue;
    const auto name = mount.at("Name").get<std::string>();
    state.volumes.push_back(name);
    if (anonymous(name)) state.anonymous_volumes.push_back(name);
  }
  return state;
}

std::map<int, Endpoint> published_of(const json& container) {
  std::map<int, Endpoint> published;
  const json ports = at(container, {"NetworkSettings", "Ports"}, json::object());  // outlives items()
  for (const auto& [port, endpoints] : ports.items()) {
    const bool tcp = port.size() > 4 && port.compare(port.size() - 4, 4, "/tcp") == 0;
    if (!tcp || !endpoints.is_array() || endpoints.empty()) continue;
    const json& first = endpoints.front();
    std::string host = first.at("HostIp").get<std::string>();
    if (host.empty() || host == "0.0.0.0") host = "127.0.0.1";
    published[std::stoi(port)] = {host, std::stoi(first.at("HostPort").get<std::string>())};
  }
  return published;
}

std::map<std::string, std::string> environment_of(const json& image) {
  std::map<std::string, std::string> environment;
  for (const std::string& line : at(image, {"Config", "Env"}, std::vector<std::string>())) {
    const std::size_t sign = line.find('=');
    environment[line.substr(0, sign)] = sign == std::string::npos ? "" : line.substr(sign + 1);
  }
  return environment;
}

// "name=seccomp,profile=default" -> "seccomp"
std::string security_option(const std::string& text) {
  const std::string name = text.substr(0, text.find(','));
  return name.rfind("name=", 0) == 0 ? name.substr(5) : name;
}

std::string runtime_of(const json& version, const std::string& name) {
  for (const json& component : at(version, {"Server", "Components"}, json::array())) {
    if (at(component, {"Name"}, std::string()) == name)
      return name + " " + at(component, {"Version"}, std::string());
  }
  return name;
}

}  // namespace

Inspection parse_container(const std::string& text) {
  return understood("docker inspect", text, [](const json& container) {
    return Inspection{state_of(container), published_of(container)};
  });
}

ImageFacts parse_image(const std::string& text) {
  return understood("docker image inspect", text, [](const json& image) {
    ImageFacts facts;
    facts.id = image.at("Id").get<std::string>();
    facts.registry_digests = at(image, {"RepoDigests"}, std::vector<std::string>());
    facts.environment = environment_of(image);
    facts.labels = at(image, {"Config", "Labels"}, std::map<std::string, std::string>());
    return facts;
  });
}

record::Environment parse_engine(const std::string& version_json, const std::string& info_json) {
  record::Environment environment;
  std::string runtime;
  understood("docker info", info_json, [&](const json& info) {
    environment.storage_driver = at(info, {"Driver"}, std::string());
    environment.cgroup = "v" + at(info, {"CgroupVersion"}, std::string("1"));
    environment.os = at(info, {"OperatingSystem"}, std::string());
    runtime = at(info, {"DefaultRuntime"}, std::string("runc"));
    for (const std::string& option : at(info, {"SecurityOptions"}, std::vector<std::string>())) {
      environment.lsm.push_back(security_option(option));
    }
    return 0;
  });
  understood("docker version", version_json, [&](const json& version) {
    environment.docker = version.at("Server").at("Version").get<std::string>();
    environment.docker_client = version.at("Client").at("Version").get<std::string>();
    environment.runtime = runtime_of(version, runtime);
    return 0;
  });
  return environment;
}

}  // namespace rootseal::engine
