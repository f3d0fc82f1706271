#include "run/volume.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "core/cancel.hpp"
#include "core/error.hpp"

namespace rootseal::run {

std::map<std::string, std::string> in_memory(std::uint64_t size, const engine::User& owner) {
  return {
      {"type", "tmpfs"},
      {"device", "tmpfs"},
      {"o", fmt::format("size={},mode=0700,uid={},gid={},noexec,nosuid,nodev", size, owner.uid, owner.gid)}};
}

Volume::Volume(const Workshop& workshop, const StackSpec& spec, const std::string& purpose,
               std::uint64_t size)
    : workshop_(workshop),
      name_(fmt::format("rootseal-{}-{}{}{}-{}", workshop.run().suffix(), spec.id.file_name(),
                        spec.label_tag.empty() ? "" : "-", spec.label_tag, purpose)),
      stack_(spec.id.text),
      image_(spec.image.reference) {
  const auto labels = workshop_.labels(stack_);
  if (size == 0) {
    workshop_.docker().create_volume(name_, labels);
    return;
  }
  workshop_.docker().create_volume(name_, labels, in_memory(size, spec.service->description().user));
  try {
    holder_ = workshop_.docker().hold_volume(name_, image_, labels);
  } catch (const std::exception&) {
    remove();
    throw;
  }
}

Volume::~Volume() { remove(); }

void Volume::fill_from(const std::string& other) const {
  workshop_.docker().clone_volume(other, name_, image_, workshop_.labels(stack_));
}

void Volume::remove() const {
  const core::CancelShield shield;
  try {
    if (!holder_.empty()) {
      workshop_.docker().must({"rm", "--force", "--volumes", holder_}, "removing what held a volume", name_);
    }
    workshop_.docker().must({"volume", "rm", "-f", name_}, "removing a volume", name_);
  } catch (const std::exception& error) {
    spdlog::warn("{}", error.what());
  }
}

}  // namespace rootseal::run
