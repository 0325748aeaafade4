// The arguments of a tool call as the tool's schema wants them. Models write numbers and booleans as text
// ({"volume": "49"}), and firmware takes that for a missing argument. Pure.
//
// Only what can be meant in one way is changed, in objects and lists of any depth: text that is a number,
// `true`, `false`, or the JSON of an object or list where the schema says that; whole numbers with a fraction
// of zero where it says integer; numbers and booleans where it says string. All else stays as it is: the
// device says what is wrong with it.
#pragma once

#include "common/json/json.h"

namespace earshot::worker {

// `schema`: JSON Schema of an object; what is not understood of it is ignored.
void fit_to_schema(json::object& arguments, const json::object& schema);

}  // namespace earshot::worker
