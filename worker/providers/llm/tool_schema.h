// The schema of a tool's arguments, as model services take it. Devices write them by hand. Pure.
#pragma once

#include <string_view>

#include "common/json/json.h"

namespace earshot::worker {

// RETURNS: an object's schema. What breaks the grammar of JSON Schema at any depth, and would have the whole
// request refused, is put right or left out: `type` that is no text, `properties` that are no object, `required`
// that is no list of them, `items` that are no schema, `enum` that is no list. The rest stays as it is.
json::object usable_schema(std::string_view text);

}  // namespace earshot::worker
