// Workload: one persistent message of 1 KiB to a durable queue, and the wait for its confirm.
#include "rabbitmq/publish_lane.hpp"

namespace rootseal::rabbitmq::confirmed_publish_workload {
namespace {

class ConfirmedPublish final : public PublishWorkload {
 public:
  ConfirmedPublish() : PublishWorkload({"confirmed_publish"}) {}
  [[nodiscard]] workload::Shape shape() const override {
    workload::Shape shape;
    shape.slice = 5;
    shape.latency_spans = 1.25;
    shape.throughput_spans = 1.5;
    shape.epochs = 2;
    shape.turn_operations = 5;
    shape.in_quick = true;
    return shape;
  }
};

ROOTSEAL_WORKLOAD("rabbitmq", "confirmed_publish", ConfirmedPublish);

}  // namespace

}  // namespace rootseal::rabbitmq::confirmed_publish_workload
