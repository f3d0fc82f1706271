// verdict/tried_files: what the files of a stack say, as they were tried. Empty where the record has no
// files. Pure; for verdict/ only.
#pragma once

#include <string>

#include "record/record.hpp"
#include "verdict/recommend.hpp"

namespace rootseal::verdict {

// "data:/var/lib/rabbitmq": the entry that mounts something at `place`.
std::string tried_volume(const record::Stack& stack, const std::string& place);
// "/var/run/postgresql" of "/run/postgresql", where the files name it by the link.
std::string as_tried(const record::Stack& stack, const std::string& place);
std::string own_file(const record::Stack& stack);  // "postgres/hardened.yaml", beside compose.yaml
// The service's keys in the profile's own file that no recommendation of its own gives.
std::string tried_otherwise(const record::Stack& stack);
// All of them, what only the trial needs marked. `smallest`: of the candidates that will do.
Recommendation tried_files(const record::Record& record, const record::Stack& stack, bool smallest);

}  // namespace rootseal::verdict
