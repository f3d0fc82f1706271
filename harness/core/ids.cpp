#include "core/ids.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cctype>
#include <chrono>
#include <regex>

#include "core/error.hpp"
#include "core/secret.hpp"

namespace rootseal::core {

RunId RunId::make() {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return RunId(fmt::format("{:%Y%m%dT%H%M%SZ}-{}", fmt::gmtime(now), Secret::random(3).reveal()));
}

RunId::RunId(std::string text) : text_(std::move(text)) {
  static const std::regex form("[0-9]{8}T[0-9]{6}Z-[0-9a-f]{6}");
  if (!std::regex_match(text_, form)) {
    throw UsageError({"reading a run id", UntrustedText(text_).printable(80),
                      "not of the form YYYYMMDDThhmmssZ-xxxxxx", "see the folders in results/runs"});
  }
}

StackId StackId::of(const std::string& service, const std::string& version, const std::string& profile) {
  return {fmt::format("{}-{}/{}", service, version, profile)};
}

std::string StackId::file_name() const {
  std::string name;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    name += byte < 0x80 && std::isalnum(byte) ? static_cast<char>(std::tolower(byte)) : '-';
  }
  return name;
}

std::string utc_now() {
  using namespace std::chrono;
  const auto now = system_clock::now();
  const auto whole = floor<std::chrono::seconds>(now);
  const auto rest = duration_cast<milliseconds>(now - whole).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(system_clock::to_time_t(whole)), rest);
}

}  // namespace rootseal::core
