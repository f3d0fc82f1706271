// engine/inspect: reads the engine's JSON answers. Pure; throws HarnessError naming the answer that is not
// understood.
#pragma once

#include <map>
#include <string>

#include "engine/container.hpp"
#include "engine/docker.hpp"
#include "record/environment.hpp"

namespace rootseal::engine {

// Of one container: `docker inspect --format '{{json .}}'`.
struct Inspection {
  State state;
  std::map<int, Endpoint> published;  // TCP port inside -> first published endpoint
};
Inspection parse_container(const std::string& json);
// `docker image inspect --format '{{json .}}'`.
ImageFacts parse_image(const std::string& json);
// `docker version` and `docker info`, both --format '{{json .}}': everything but what this process and its
// kernel know themselves (kernel, cpus, memory) and Compose.
record::Environment parse_engine(const std::string& version_json, const std::string& info_json);

}  // namespace rootseal::engine
