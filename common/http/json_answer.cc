#include "common/http/json_answer.h"

namespace earshot::http {

namespace {

std::string_view code_of(int status) {
  switch (status) {
    case 400:
      return "invalid";
    case 401:
      return "unauthorized";
    case 403:
      return "forbidden";
    case 404:
      return "not_found";
    case 405:
      return "method_not_allowed";
    case 408:
      return "timeout";
    case 409:
      return "conflict";
    case 413:
    case 431:
      return "too_large";
    case 415:
      return "unsupported_media_type";
    case 416:
      return "invalid_range";
    case 429:
      return "rate_limited";
    case 503:
      return "unavailable";
    default:
      return "internal";
  }
}

}  // namespace

Response json_answer(const json::value& body, int status) {
  return {.status = status, .content_type = "application/json", .body = json::serialize(body), .headers = {}};
}

Response json_error(int status, std::string_view message, std::string_view code) {
  return json_answer(json::object{{"error", json::object{{"code", code.empty() ? code_of(status) : code},
                                                         {"message", message}}}},
                     status);
}

}  // namespace earshot::http
