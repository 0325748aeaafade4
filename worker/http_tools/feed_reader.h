// The items of a news feed: RSS 2.0 and Atom, as far as a voice needs them. Pure.
//
// No XML parser: elements are looked for by name, entities beyond XML's five and numbers are left out, and none is ever
// fetched or expanded. Bytes are hostile; cost is linear.
#pragma once

#include <cstddef>
#include <string_view>

#include "common/json/json.h"

namespace earshot::worker {

// RETURNS: {"items": [{"title", "link", "description", "date"}, ...]}, texts without marks, the first `max_items`.
json::object read_feed(std::string_view xml, std::size_t max_items);

}  // namespace earshot::worker
