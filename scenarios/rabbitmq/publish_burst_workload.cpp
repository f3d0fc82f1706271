// Workload: 1,000 persistent messages of 1 KiB to a durable queue without a pause, and the wait for the last
// confirm. One connection keeps the broker's core busy (four did 1.1 times as many bursts), so throughput is
// that of one, in turns of one burst.
#include "rabbitmq/publish_lane.hpp"

namespace rootseal::rabbitmq::publish_burst_workload {
namespace {

class PublishBurst final : public PublishWorkload {
 public:
  PublishBurst() : PublishWorkload({"publish_burst", false, 1000, 5000}) {}
  [[nodiscard]] workload::Shape shape() const override {
    workload::Shape shape;
    shape.connections = 1;
    shape.turn_operations = 1;
    shape.latency_spans = 0.75;
    shape.throughput_spans = 0.75;
    return shape;
  }
};

ROOTSEAL_WORKLOAD("rabbitmq", "publish_burst", PublishBurst);

}  // namespace

}  // namespace rootseal::rabbitmq::publish_burst_workload
