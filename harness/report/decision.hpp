// report/decision: what the evidence of a run supports for each candidate, in words: the four answers, and
// what follows from them. Never more than the record says: what was not tried is named, and one open answer
// leaves the whole open. Pure; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "record/record.hpp"

namespace rootseal::report {

// Ordered by weight: the worst of the four answers decides.
enum class Standing {
  shown,    // tried, and it holds
  in_part,  // tried; some of it was measured and not judged
  untried,  // this run says nothing of it
  open,     // tried, and not settled
  refuted   // tried, and it does not hold
};

struct Answer {
  std::string question;  // "Does it still work?"
  Standing standing = Standing::untried;
  std::string text;     // "11 of 12 checks pass, 1 failed"
  std::string control;  // the same of the control, empty when there is nothing to say
  // What the standing alone would hide, in a few words: for where the text has no room.
  std::string note = "";
  std::string word = "";  // of the standing `shown`, where "yes" would not do
};

struct Decision {
  std::string stack;  // "postgres-15/readonly"
  std::string profile;
  Standing standing = Standing::untried;
  std::string words;             // "The evidence supports shipping it", "Do not ship it as it is: ..."
  std::vector<Answer> answers;   // works, recovers, attacks, cost
  std::vector<std::string> why;  // what stands against it, or limits what can be said; a sentence each
  std::size_t residual = 0;      // attacks that nothing stops here, and that nothing here claims to stop
};

// One for each candidate, in the order of the record.
std::vector<Decision> decisions(const record::Record& record);

// "9 risks are known to remain", as it stands in Decision::words.
std::string risks_in_words(std::size_t residual);

// What the verdict of the run means, in a sentence.
std::string verdict_in_words(const record::Record& record);

}  // namespace rootseal::report
