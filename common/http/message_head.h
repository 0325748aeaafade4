// Heads of requests and responses between Beast's form and ours. Pure.
#pragma once

#include <boost/beast/http.hpp>

#include <string_view>

#include "common/http/http_message.h"

namespace earshot::http {

Request to_request(const boost::beast::http::request<boost::beast::http::string_body>& from);

// `type/subtype`, whatever parameters follow. An empty `wanted` is any.
bool has_media_type(const Request& request, std::string_view wanted);

// Whether the client has what the response holds, by its ETag.
bool is_unchanged(const Request& request, const Response& response);

// Status and headers, without a body and its length.
boost::beast::http::response<boost::beast::http::string_body> message_head(const Response& response,
                                                                           bool keep_alive);

}  // namespace earshot::http
