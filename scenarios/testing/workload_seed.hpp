// testing/workload_seed: random numbers that are the same everywhere for the same seed (the standard's
// shuffle and distributions differ between libraries). SplitMix64 and FNV-1a. Pure; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace rootseal::workload {

constexpr std::uint64_t next_random(std::uint64_t& state) noexcept {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31U);
}

// A seed of its own for what `label` and `number` name, under the run's seed.
constexpr std::uint64_t derived_seed(std::uint64_t seed, std::string_view label,
                                     std::uint64_t number) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : label) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  std::uint64_t state = seed ^ hash;
  state = next_random(state) ^ number;
  return next_random(state);
}

// Fisher-Yates.
template <typename T>
void shuffle(std::vector<T>& items, std::uint64_t seed) {
  for (std::size_t left = items.size(); left > 1; --left) {
    std::swap(items[left - 1], items[next_random(seed) % left]);
  }
}

}  // namespace rootseal::workload
