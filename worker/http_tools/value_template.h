// Texts with places for values: "https://host/find?q={{query}}". A value is escaped for where it stands, so that
// whatever a model writes as an argument stays one value: it cannot add a parameter, a header or a member. Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/json/json.h"

namespace earshot::worker {

enum class TemplatePlace {
  kUrl,     // percent-encoded, all but unreserved characters; so is the body of a form
  kHeader,  // as it is; a line end is an error
  kJson,    // within quotes the content of a string, outside of them a JSON value
  kText,    // as it is
};

// nullptr: there is no such value. It is nothing then; of kJson outside of quotes, null.
using FindValue = std::function<const json::value*(std::string_view name)>;

// Errors: kInvalid: a value that cannot stand in its place.
Result<std::string> fill_template(std::string_view text, TemplatePlace place, const FindValue& find);

// As kUrl, for a whole URL. kInvalid too: its path has a segment "." or "..", with which an argument would leave its
// place.
Result<std::string> fill_url(std::string_view text, const FindValue& find);
// Of the names between {{ and }} the first that `known` does not know; also one that is not ended.
std::optional<std::string> unknown_template_name(std::string_view text,
                                                 const std::function<bool(std::string_view)>& known);
// What is said of a value: a string without its quotes.
std::string value_text(const json::value& value);

}  // namespace earshot::worker
