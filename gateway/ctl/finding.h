// One thing that the doctor looked at: how it is, and what to change. Pure.
#pragma once

#include <string>
#include <vector>

#include "common/json/json.h"
#include "gateway/ctl/table.h"

namespace earshot::ctl {

enum class Level { kOk, kWarn, kFail };

struct Finding {
  std::string name = {};
  Level level = Level::kOk;
  std::string message = {};
  std::string advice = {};  // empty when all is well
};

Finding finding_of(const json::object& check);  // as GET /api/v1/doctor tells it
json::object to_json(const Finding& finding, const char* seen_from);
Level worst(const std::vector<Finding>& findings);

// "  ✓ name  message", the advice below it; aligned to `name_width`.
std::string finding_text(const Finding& finding, std::size_t name_width, bool colours);

}  // namespace earshot::ctl
