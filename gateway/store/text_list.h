// A list of texts as one text: netstrings ("3:abc,0:,"), so that any bytes come back. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace earshot::store {

std::string encode_text_list(const std::vector<std::string>& list);
// RETURNS: nullopt for what encode_text_list() did not make (a database that was edited by hand).
std::optional<std::vector<std::string>> decode_text_list(std::string_view text);

}  // namespace earshot::store
