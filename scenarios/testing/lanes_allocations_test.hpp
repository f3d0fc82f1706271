// testing/lanes_allocations_test: counts what this test program takes from the heap. Thread-safe.
#pragma once

#include <cstddef>

namespace rootseal::workload {

std::size_t allocations_so_far();

}  // namespace rootseal::workload
