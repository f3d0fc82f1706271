#include "record/sample_parts.hpp"

namespace rootseal::record {
namespace {

struct Counts {
  std::uint64_t prevented, residual, by_design;
};

Threat threat(const std::string& stack, const std::string& name, Verdict verdict, const Counts& counts,
              const std::string& text) {
  return {stack.substr(0, stack.find('-')),
          stack,
          stack.substr(stack.find('/') + 1),
          name,
          verdict,
          counts.prevented,
          counts.residual,
          counts.by_design,
          text};
}

constexpr const char* kMalware = "malware-installation";
constexpr const char* kPersistence = "persistence";
constexpr const char* kPoisoning = "message-queue-poisoning";
constexpr const char* kOnlyByDesign = "0 of 1 attempts prevented; allowed by design: R02 (service)";

}  // namespace

std::vector<Threat> sample_threats() {
  return {threat("postgres-15/baseline", kMalware, Verdict::pass, {1, 2, 0},
                 "1 of 3 attempts prevented; residual risk: G01 (root), G10 (root)"),
          threat("postgres-15/baseline", kPersistence, Verdict::pass, {1, 0, 0}, "1 of 1 attempts prevented"),
          threat("postgres-15/readonly", kMalware, Verdict::pass, {2, 1, 0},
                 "2 of 3 attempts prevented, 1 of them by the read-only root; residual risk: G10 (root)"),
          threat("postgres-15/readonly", kPersistence, Verdict::pass, {1, 0, 0}, "1 of 1 attempts prevented"),
          threat("postgres-15/hardened", kMalware, Verdict::pass, {2, 0, 0},
                 "2 of 2 attempts prevented, 1 of them by the read-only root"),
          threat("rabbitmq-3.10/baseline", kMalware, Verdict::inconclusive, {1, 1, 0},
                 "1 of 3 attempts prevented; residual risk: G01 (root); not known: G09 (root)"),
          threat("rabbitmq-3.10/baseline", kPoisoning, Verdict::pass, {0, 0, 1}, kOnlyByDesign),
          threat("rabbitmq-3.10/readonly", kMalware, Verdict::fail, {2, 1, 0},
                 "2 of 3 attempts prevented, 1 of them by the read-only root; residual risk: G09 (root); "
                 "skipped: G07 (root)"),
          threat("rabbitmq-3.10/readonly", kPersistence, Verdict::inconclusive, {0, 0, 0},
                 "0 of 1 attempts prevented; not known: G16 (root)"),
          threat("rabbitmq-3.10/readonly", kPoisoning, Verdict::pass, {0, 0, 1}, kOnlyByDesign),
          threat("rabbitmq-3.10/hardened", kMalware, Verdict::pass, {1, 0, 0},
                 "1 of 1 attempts prevented, 1 of them by the read-only root")};
}

}  // namespace rootseal::record
