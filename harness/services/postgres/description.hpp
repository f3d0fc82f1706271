// postgres/description: what PostgreSQL is to rootseal. A constant.
#pragma once

#include "service/service.hpp"

namespace rootseal::postgres {

const service::Description& description();

}  // namespace rootseal::postgres
