// record/json: the record as JSON text and back, and as a file. Functions without state; thread-safe.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "record/record.hpp"

namespace rootseal::record {

// Pretty-printed, keys in the order of the design, ending in a newline. Empty optionals are null; bytes that
// are not UTF-8 become U+FFFD. Throws HarnessError naming the path of a number that is not finite: leave such
// a row out instead.
std::string to_json_text(const Record& record);
// Strict: a missing key, an unknown key or a wrong type is a UsageError that names its path
// ("attacks[3].credit.reason"), as is a schema version that is not ours.
Record from_json_text(const std::string& text);

// Replaces the file atomically: written beside it, synced, renamed. Throws HarnessError when that cannot be
// done; an earlier file is then as it was and nothing is left beside it.
void write_atomically(const std::filesystem::path& file, const std::string& text);
Record read_record(const std::filesystem::path& file);  // throws UsageError naming the file

// Single rows, for the wire between processes. Throw as above.
void to_json(nlohmann::json& json, const Check& check);
void from_json(const nlohmann::json& json, Check& check);
void to_json(nlohmann::json& json, const Epoch& epoch);
void from_json(const nlohmann::json& json, Epoch& epoch);

}  // namespace rootseal::record
