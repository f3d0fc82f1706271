// postgres/ledger: a table (number, payload, checksum), one INSERT and one commit an entry,
// synchronous_commit on.
#pragma once

#include "service/service.hpp"

namespace rootseal::postgres {

const service::Ledger& ledger();

}  // namespace rootseal::postgres
