// record/json: the record as JSON text and back, and as a file. Functions without state; thread-safe.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "record/record.hpp"

namespace rootseal::record {

// Pretty-printed, keys in the order of the design, ending in a newline.
std::string to_json_text(const Record& record);
// Throws UsageError naming the JSON path of what is wrong, or the schema version when it is not ours.
Record from_json_text(const std::string& text);

// Replaces the file atomically: written beside it, synced, renamed. Throws HarnessError when the folder is not writable.
void write_atomically(const std::filesystem::path& file, const std::string& text);
Record read_record(const std::filesystem::path& file);

// Single rows, for the wire between processes.
void to_json(nlohmann::json& json, const Check& check);
void from_json(const nlohmann::json& json, Check& check);
void to_json(nlohmann::json& json, const Epoch& epoch);
void from_json(const nlohmann::json& json, Epoch& epoch);

}  // namespace rootseal::record
