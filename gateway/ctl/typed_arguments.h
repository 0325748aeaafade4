// `key=value` words of a command line as the JSON arguments of a tool. Pure.
#pragma once

#include <span>
#include <string>

#include "common/base/result.h"
#include "common/json/json.h"

namespace earshot::ctl {

// Values get the types that the tool's schema (JSON Schema, as devices announce it) asks for: `volume=50` is
// 50 for an integer and "50" for a string; booleans are true/false, on/off, yes/no; arrays and objects are
// JSON. Without a schema (null) a value that reads as JSON is that, anything else a string.
// Errors: kInvalid, saying what the tool takes (an unknown key, a value of another type or out of its range,
// a word without '=').
Result<json::object> typed_arguments(std::span<const std::string> words, const json::object* schema);

}  // namespace earshot::ctl
