// record/threat: the threats that the attacks are about, and what came of each on one stack. Values.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "record/verdict.hpp"

namespace rootseal::record {

struct ThreatName {
  std::string_view key;    // in attack files and records
  std::string_view title;  // for people
  std::string_view of;     // the kind of service that it concerns; empty: every service
};

// In the order in which reports show them.
inline constexpr std::array<ThreatName, 8> kThreats{
    {{"malware-installation", "malware installation", ""},
     {"persistence", "persistence", ""},
     {"configuration-tampering", "configuration tampering", ""},
     {"data-exfiltration-tools", "data exfiltration tools", ""},
     {"denial-of-service", "denial of service by filling the filesystem", ""},
     {"log-tampering", "log tampering", ""},
     {"database-specific-exploit", "database-specific exploit", "database"},
     {"message-queue-poisoning", "message queue poisoning", "message-queue"}}};

// Judged from the attacks alone (verdict/): one row for each stack and each threat that was tried there.
// Attempts are rows of `attacks` (an attack by an identity); what is in none of the three counts is not known
// or was skipped.
struct Threat {
  std::string service;
  std::string stack;
  std::string profile;
  std::string threat;                       // a key of kThreats
  Verdict verdict = Verdict::inconclusive;  // the worst of its attempts
  std::uint64_t prevented = 0;              // attempts that something stopped
  std::uint64_t residual = 0;               // that succeeded
  std::uint64_t by_design = 0;              // that succeeded and are meant to
  std::string text;                         // a sentence: how many were stopped, by what, and which succeed
};

}  // namespace rootseal::record
