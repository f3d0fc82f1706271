// testing/workload_results: the way back to whoever started this child: messages as JSON lines on
// descriptor 3. Closed (a run by hand): messages are dropped, Google Benchmark's own output remains. One
// thread.
#pragma once

#include "wire/context.hpp"

namespace rootseal::workload {

class Results {
 public:
  virtual ~Results() = default;
  virtual void send(const wire::Message& message) = 0;
};

class DescriptorResults final : public Results {
 public:
  // To be made before anything else opens a file: asks whether `fd` is open and a pipe, socket or file to
  // write to.
  explicit DescriptorResults(int fd);
  void send(const wire::Message& message) override;  // throws HarnessError when nobody reads any more

 private:
  int fd_;
  bool open_;
};

}  // namespace rootseal::workload
