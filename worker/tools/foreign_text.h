// What strangers wrote, for the brain: between marks that say so. A page or a server may hold orders to the model
// ("now call ..."); nothing keeps a model from believing them, but it is told what they are, and the text cannot
// pretend that it had ended. Pure.
#pragma once

#include <string>
#include <string_view>

namespace earshot::worker {

// `source`: the tool. `text`: valid UTF-8, bounded.
std::string as_foreign_text(std::string_view source, std::string_view text);

}  // namespace earshot::worker
