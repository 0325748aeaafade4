// JSON of devices, mended. Firmware glues its JSON from pieces without escaping them, so an error text with
// quotes, a sensor that reads `nan` or a name in another charset makes a message that is no JSON, though
// everybody can see what it means. Pure.
//
// What is mended: bytes that are no UTF-8 (U+FFFD), control characters and lone backslashes and quotes inside
// strings (escaped), half surrogate pairs (U+FFFD), values that are no numbers (`nan`, `inf`: null; `.5`,
// `+5`, `007`: the number; `True`: true; other bare words: a string), a member without a value (null), a
// comma too many, and what stands before and behind the outermost object (a byte order mark, NULs, an old
// buffer's end). A text that ends too early stays broken: nobody knows what was lost.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/json/json.h"

namespace earshot::json {

// Best effort, one pass; a good object comes back as it is in meaning. The result may still be no JSON.
// RETURNS: at most four bytes for each of `text` and a few more.
std::string mended(std::string_view text);

// parse_object(), and again with the mended text when that fails. `was_mended`: whether it took that.
// Errors: as parse_object().
struct MendedObject {
  object root;
  bool was_mended = false;
};
Result<MendedObject> parse_mended_object(std::string_view text, std::size_t max_bytes);

}  // namespace earshot::json
