// What the published clients need of a Coze server's events; made from what they read, not from anybody's traffic.
#pragma once

#include <string>

#include "common/json/json.h"

namespace earshot::gateway {

// RETURNS: what is wrong with it; empty: nothing.
std::string coze_fault_of(const json::object& event);

}  // namespace earshot::gateway
