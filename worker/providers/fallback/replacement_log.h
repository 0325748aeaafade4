// The lines that tell an operator of a provider that failed: names and the error, no user speech.
#pragma once

#include <string_view>

#include "common/base/result.h"

namespace earshot::worker::replacement_log {

void replaced(std::string_view stage, std::string_view failed, std::string_view by, const Error& why);
void gave_up(std::string_view stage, std::string_view failed, const Error& why);

}  // namespace earshot::worker::replacement_log
