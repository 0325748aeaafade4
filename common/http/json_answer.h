// Answers in JSON. Pure.
#pragma once

#include <string_view>

#include "common/http/http_message.h"
#include "common/json/json.h"

namespace earshot::http {

Response json_answer(const json::value& body, int status = 200);

// {"error":{"code":"not_found","message":"..."}}. The code follows from the status unless one is given:
// 400 invalid, 401 unauthorized, 403 forbidden, 404 not_found, 405 method_not_allowed, 408 timeout,
// 409 conflict, 413 and 431 too_large, 415 unsupported_media_type, 416 invalid_range, 429 rate_limited,
// 503 unavailable, else internal.
Response json_error(int status, std::string_view message, std::string_view code = {});

}  // namespace earshot::http
