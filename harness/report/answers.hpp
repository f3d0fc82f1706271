// report/answers: the questions that a run answers, per server and profile, as short texts for a table.
// Shared by the reports for people. Pure; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "record/record.hpp"

namespace rootseal::report {

struct ProfileAnswers {
  std::string profile;
  std::string role;
  std::string works;  // "12 of 12", "11 of 12, 1 failed", "does not start", "-"
  std::string recovers;
  std::string attacks;   // "3 of 9 succeeded"
  std::string writable;  // "root 31, service 12 of 2213 folders"
  std::string cost;      // "least favourable 0.998 (0.995 to 1.001) of read; 9 within the margin": throughput
};

struct ServerAnswers {
  std::string server;  // "postgres-15"
  std::string service;
  record::Image image;
  std::vector<ProfileAnswers> profiles;  // in the order of the record
};

// Twins and stacks with a tag are not profiles of their own and have no row.
std::vector<ServerAnswers> answers(const record::Record& record);

std::string server_of(const std::string& stack);  // "postgres-15" of "postgres-15/readonly+live-G16"
std::string base_of(const std::string& stack);    // "postgres-15/readonly" of it
bool is_main(const record::Stack& stack);         // neither a twin nor beside another
std::string role_of(const record::Record& record,
                    const std::string& stack);   // empty when the record does not say
std::string origin(const record::Image& image);  // "built here", "official or given"
// "FAIL (exit status 1)"; of a pass also how many figures were not known well enough to be judged. The first
// line of every report.
std::string headline(const record::Record& record);

}  // namespace rootseal::report
