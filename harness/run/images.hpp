// run/images: which image a service runs from. Given by the user; else the pinned official one if a registry
// answers; else the one built here by scripts/images.sh. The record says which. Thread-safe.
#pragma once

#include <string>

#include "engine/docker.hpp"
#include "run/options.hpp"
#include "run/stack.hpp"
#include "service/service.hpp"

namespace rootseal::run {

// `given`: reference from --image, empty = choose. Throws HarnessError naming what was tried and the next
// move.
ImageChoice choose_image(const engine::Docker& docker, const Paths& paths, const service::Service& service,
                         const std::string& given);

}  // namespace rootseal::run
