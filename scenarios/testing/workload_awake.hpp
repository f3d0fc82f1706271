// testing/workload_awake: keeps the machine's cores from going to sleep while something is measured. A core
// that has nothing to do halts; in a virtual machine waking it takes up to tens of microseconds, more than
// many an operation, and whether it had just halted decides about a turn. Linux lets a process ask for no
// wake-up latency by holding /dev/cpu_dma_latency open (kernel documentation, "PM Quality Of Service
// Interface"): idle cores then poll. It concerns the machine as a whole, both sides alike, and ends with this
// object or the process. Seen on two virtual cores: the spread of turns of a millisecond of `select_one_row`
// falls from 0.8 to 1.3 times the median (5th and 95th percentile) to 0.94 to 1.1. Not copyable.
#pragma once

#include <string>

namespace rootseal::workload {

class AwakeCores {
 public:
  static constexpr const char* kDevice = "/dev/cpu_dma_latency";
  explicit AwakeCores(const std::string& device = kDevice);
  ~AwakeCores();
  AwakeCores(const AwakeCores&) = delete;
  AwakeCores& operator=(const AwakeCores&) = delete;
  // Empty while they are kept awake; else why they are not. Measuring goes on all the same: it is noisier.
  [[nodiscard]] const std::string& why_not() const { return why_not_; }

 private:
  int fd_ = -1;
  std::string why_not_;
};

}  // namespace rootseal::workload
