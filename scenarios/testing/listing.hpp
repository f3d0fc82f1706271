// testing/listing: which scenarios are registered. GoogleTest is the only registry; this reads it.
#pragma once

#include <string>

#include "wire/context.hpp"

namespace rootseal::scenarios {

// A context with one stack for each registered service, called like the service: nothing can run on it.
wire::Context placeholders();
// [{"name": GoogleTest's full name, "suite", "service", "scenario": id of its check, "longer": whether
// quick runs leave it out, "file": relative to the project, "line"}] in the order of registration. Call after
// InitGoogleTest.
std::string list_as_json(const wire::Context& context);

}  // namespace rootseal::scenarios
