// run/parallel: the same work for several things side by side. The first exception is thrown again after all
// have ended.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "core/error.hpp"

namespace rootseal::run {

template <typename Item>
void for_each_parallel(std::vector<Item>& items, std::size_t at_once,
                       const std::function<void(Item&)>& work) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr first;
  std::mutex mutex;
  const auto worker = [&] {
    for (std::size_t i = next++; i < items.size(); i = next++) {
      try {
        work(items[i]);
      } catch (const core::Interrupted&) {
        const std::lock_guard lock(mutex);
        // A request to stop is not hidden behind a fault that came before it.
        first = std::current_exception();
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!first) first = std::current_exception();
      }
    }
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < std::min(at_once, items.size()); ++i) threads.emplace_back(worker);
  }
  if (first) std::rethrow_exception(first);
}

}  // namespace rootseal::run
