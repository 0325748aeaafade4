// The logger of this folder.
#pragma once

#include "common/log/log.h"

namespace earshot::gateway {

inline spdlog::logger& workers_logger() {
  static spdlog::logger& instance = log::logger("workers");
  return instance;
}

}  // namespace earshot::gateway
