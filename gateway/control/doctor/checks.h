// The doctor's judgement: facts in, findings out, each with what it means and which
// configuration key to change. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/control/doctor/facts.h"

namespace earshot::gateway {

enum class CheckLevel { kOk, kWarn, kFail };
std::string_view name(CheckLevel level);

struct Check {
  std::string name = {};
  CheckLevel level = CheckLevel::kOk;
  std::string message = {};
  std::string advice = {};  // empty when all is well
};

std::vector<Check> examine(const DoctorFacts& facts);

// What in an OTA answer a device could not live with (device-protocol 12, traps 2, 3, 5 and 6);
// empty: nothing.
std::string ota_fault(std::string_view body);

}  // namespace earshot::gateway
