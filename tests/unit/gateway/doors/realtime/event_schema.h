// What each server event of OpenAI Realtime must have, in both dialects: written from the published types, so that
// every event of every test is held against it.
#pragma once

#include <string>

#include "common/json/json.h"

namespace earshot::gateway {

// Empty: it is as it must be. Else what is wrong.
std::string fault_of(const json::object& event, bool beta);

}  // namespace earshot::gateway
