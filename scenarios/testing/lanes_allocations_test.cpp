#include "testing/lanes_allocations_test.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <new>

namespace {
std::atomic<std::size_t> allocations{0};  // of this program
}

[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) {
    return memory;
  }
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace rootseal::workload {

std::size_t allocations_so_far() { return allocations; }

TEST(AllocationsTest, AreCounted) {
  const std::size_t before = allocations_so_far();
  const auto something = std::make_unique<int>(1);
  EXPECT_EQ(allocations_so_far() - before, 1U);
}

}  // namespace rootseal::workload
