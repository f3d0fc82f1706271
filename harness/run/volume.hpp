// run/volume: a volume that is gone with the object. One thread.
//
// Order of calls: construct (makes it, empty), fill_from() or hand its name to a stack; whatever mounts it is
// taken down before it is destroyed.
#pragma once

#include <cstdint>
#include <string>

#include "run/stack.hpp"

namespace rootseal::run {

class Volume {
 public:
  // Labelled as `spec`'s, named after it and `purpose`: "data". `size`: bytes it can hold, in memory, mounted
  // from now to its end by a container that does nothing else, because a volume in memory is empty again as
  // soon as nobody mounts it; 0: of the engine's usual kind. Throws HarnessError.
  Volume(const Workshop& workshop, const StackSpec& spec, const std::string& purpose, std::uint64_t size = 0);
  ~Volume();
  Volume(const Volume&) = delete;
  Volume& operator=(const Volume&) = delete;
  [[nodiscard]] const std::string& name() const { return name_; }
  // Copies what is in another volume, which nobody may write to meanwhile. Throws HarnessError.
  void fill_from(const std::string& other) const;

 private:
  void remove() const;  // what there is of it
  const Workshop& workshop_;
  std::string name_;
  std::string stack_;  // of the labels
  std::string image_;
  std::string holder_;  // id of the container; empty: none
};

// Options of the engine's local driver for a volume in memory: size in bytes, owner, and what a tmpfs of a
// profile has besides. Pure.
std::map<std::string, std::string> in_memory(std::uint64_t size, const engine::User& owner);

}  // namespace rootseal::run
