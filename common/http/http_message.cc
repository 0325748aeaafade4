#include "common/http/http_message.h"

#include "common/http/url_coding.h"

namespace earshot::http {

std::string_view Request::param(std::string_view name) const {
  for (const auto& [key, value] : params) {
    if (key == name) return value;
  }
  return {};
}

std::optional<std::string> Request::query_value(std::string_view name) const {
  const auto values = parse_query(query);
  if (!values) return std::nullopt;
  for (const auto& [key, value] : *values) {
    if (key == name) return value;
  }
  return std::nullopt;
}

}  // namespace earshot::http
