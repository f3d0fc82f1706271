// report/risks: what is known to remain on the candidates, a row for each risk that decision.hpp counts.
// Pure; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "record/record.hpp"

namespace rootseal::report {

// Nothing stops the attack here, and no claim says that something would.
bool remains(const record::Attack& row);
bool is_grave(const record::Finding& finding);  // to be weighed by whoever decides

struct Risk {
  std::string server;
  std::string name;      // of the attack; empty: a finding
  std::string title;     // or what was found
  std::string identity;  // who can do it; empty: a finding
  std::string severity;
  std::string remedy;                 // what would stop it; empty when nobody named any
  std::vector<std::string> profiles;  // of candidates, on which it remains
  // What limits it there, with the profiles that it is said of.
  struct Note {
    std::string text;
    std::vector<std::string> profiles;
  };
  std::vector<Note> notes = {};
};

std::vector<std::string> in_words(const std::vector<Risk::Note>& notes);  // "on hardened: stored, not run"

// Of each server together, in the order of the record; there the gravest first.
std::vector<Risk> risks(const record::Record& record);

}  // namespace rootseal::report
