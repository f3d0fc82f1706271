// Workload: one persistent message of 1 KiB to a quorum queue, of which this node is the only member, and the
// wait for its confirm: it was written to the log of the consensus protocol and synced.
#include "rabbitmq/publish_lane.hpp"

namespace rootseal::rabbitmq::quorum_publish_workload {
namespace {

class QuorumPublish final : public PublishWorkload {
 public:
  QuorumPublish() : PublishWorkload({"quorum_publish", true}) {}
  [[nodiscard]] workload::Shape shape() const override {
    workload::Shape shape;
    shape.slice = 5;
    shape.latency_spans = 2;
    shape.throughput_spans = 2;
    shape.turn_operations = 5;
    return shape;
  }
};

ROOTSEAL_WORKLOAD("rabbitmq", "quorum_publish", QuorumPublish);

}  // namespace

}  // namespace rootseal::rabbitmq::quorum_publish_workload
