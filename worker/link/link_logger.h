// The logger of this folder.
#pragma once

#include "common/log/log.h"

namespace earshot::worker {

inline spdlog::logger& link_logger() {
  static spdlog::logger& instance = log::logger("link");
  return instance;
}

}  // namespace earshot::worker
