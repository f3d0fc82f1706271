// verdict/recommend: what a record gives reason to do, with the lines to do it. Pure; thread-safe.
// Each says whether its lines were tried as they stand.
//
// For each server the lines come from one stack: of the candidates that started, whose claims hold, on which
// something was tried and nothing failed or stayed open, the one that claims most. So they were tried
// together. First comes, for every such candidate, what to put into files of one's own; then its whole files,
// as they were tried; then the single lines. A run that did not end recommends nothing.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "record/record.hpp"

namespace rootseal::verdict {

struct Recommendation {
  std::string id;       // "postgres/read-only-root": distinct within a record
  std::string service;  // "postgres"
  std::string title;    // "Make the root read-only"
  std::string why;      // a sentence or two, with figures from the record
  // compose: keys of the service's entry in a Compose file, or a block to paste. dockerfile: lines of a
  // Dockerfile. configuration: a file for the server. operations: commands, and what to do, as comments.
  std::string lines;
  std::string kind;  // "compose", "dockerfile", "configuration", "operations"
  // Rows of the record, "<stack>: <section> <row>": "postgres-15/readonly: attack G01 as root", "...: claim
  // root", "...: check Crud.Works", "...: mount /tmp", "...: resource cpu", "...: task X", "...: image",
  // "...: finding x", "...: file postgres/readonly.yaml", "...: comparison copy_rows throughput".
  std::vector<std::string> evidence;
  bool tried = true;   // the lines themselves, in this run; else they follow from what was seen
  bool whole = false;  // whole files: to look things up in, too long to read
  // Its reason in a few words, by the key of a line: for beside that line.
  std::map<std::string, std::string> beside = {};
};

// In the order in which one would carry them out: the services as in the record, what is to be pasted first.
std::vector<Recommendation> recommend(const record::Record& record);

}  // namespace rootseal::verdict
