// The logger of this folder.
#pragma once

#include "common/log/log.h"

namespace earshot::store {

inline spdlog::logger& store_logger() {
  static spdlog::logger& instance = log::logger("store");
  return instance;
}

}  // namespace earshot::store
