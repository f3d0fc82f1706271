// record/sample: one made-up run for tests of the record, of judging and of the reports: two services, all
// roles, all verdicts, every field set somewhere, judged consistently (judging it again changes nothing). Not
// a measurement.
#pragma once

#include "record/record.hpp"

namespace rootseal::record {

Record sample_record();

}  // namespace rootseal::record
