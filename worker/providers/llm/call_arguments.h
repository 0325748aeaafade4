// The arguments of a tool call, as models and servers write them. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace earshot::worker {

// RETURNS: one JSON object as text: nothing, `null` and white space are `{}`; an empty object in front of the real
// one, the whole written twice, and an object inside a JSON string are put right. nullopt: no object can be made
// out, which only the model can mend.
std::optional<std::string> call_arguments(std::string_view written);

}  // namespace earshot::worker
