// Prints the sample record as JSON: what the schema's test validates.
#include <cstdio>

#include "record/json.hpp"
#include "record/sample.hpp"

int main() {
  std::fputs(rootseal::record::to_json_text(rootseal::record::sample_record()).c_str(), stdout);
  return 0;
}
