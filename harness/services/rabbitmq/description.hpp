// rabbitmq/description: what RabbitMQ is to rootseal. A constant.
#pragma once

#include "service/service.hpp"

namespace rootseal::rabbitmq {

const service::Description& description();

}  // namespace rootseal::rabbitmq
