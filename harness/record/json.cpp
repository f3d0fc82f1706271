#include "record/json.hpp"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/error.hpp"
#include "core/secret.hpp"
#include "record/fields.hpp"

namespace rootseal::record {
namespace {

using Ordered = nlohmann::ordered_json;

void check_schema_version(const Ordered& json) {
  if (!json.is_object()) refuse("", fmt::format("a record is an object, found {}", json.type_name()));
  const auto at = json.find("schema_version");
  if (at == json.end()) refuse("schema_version", "missing; this is not a record of rootseal");
  int version = 0;
  decode(*at, version, "schema_version");
  if (version == kSchemaVersion) return;
  throw core::UsageError({"reading JSON", "schema_version",
                          fmt::format("{} is not known; this rootseal reads {}", version, kSchemaVersion),
                          "use the version of rootseal that wrote the record"});
}

}  // namespace

std::string to_json_text(const Record& record) {
  // Bytes that are not UTF-8 become U+FFFD: a stray byte in a log line must not cost the whole record.
  return encode<Ordered>(record).dump(2, ' ', false, Ordered::error_handler_t::replace) + "\n";
}

Record from_json_text(const std::string& text) {
  Ordered json;
  try {
    json = Ordered::parse(text);
  } catch (const Ordered::parse_error& error) {
    throw core::UsageError({"reading JSON", fmt::format("byte {}", error.byte),
                            core::UntrustedText(error.what()).printable(200), ""});
  }
  check_schema_version(json);
  Record record;
  decode(json, record);
  return record;
}

Record read_record(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (!std::filesystem::is_regular_file(file) || !in || !(text << in.rdbuf())) {
    throw core::UsageError({"reading a record", file.string(), "there is no such readable file",
                            "see the folders in results/runs"});
  }
  try {
    return from_json_text(text.str());
  } catch (const core::UsageError& error) {
    throw core::UsageError({"reading a record", file.string(), error.what(), ""});
  }
}

void to_json(nlohmann::json& json, const Check& check) { json = encode<nlohmann::json>(check); }
void from_json(const nlohmann::json& json, Check& check) { decode(json, check); }
void to_json(nlohmann::json& json, const Epoch& epoch) { json = encode<nlohmann::json>(epoch); }
void from_json(const nlohmann::json& json, Epoch& epoch) { decode(json, epoch); }

}  // namespace rootseal::record
