#include "common/http/message_head.h"

#include <algorithm>

#include "common/http/byte_range.h"
#include "common/http/request_target.h"

namespace earshot::http {

namespace beast = boost::beast;
namespace bhttp = boost::beast::http;

namespace {

// Nothing of another host, no inline script, no frame around us: an injected text stays a text.
constexpr std::string_view kPagePolicy =
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";
constexpr std::string_view kDataPolicy = "default-src 'none'; frame-ancestors 'none'";

// A name or value with a line break would end the header and begin one of the attacker's
// (response splitting).
bool is_header_text(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

}  // namespace

Request to_request(const bhttp::request<bhttp::string_body>& from) {
  Request request;
  request.method = std::string(from.method_string());
  const RequestTarget target = split_target(from.target());
  request.path = target.path;
  request.query = target.query;
  if (!target.authority.empty()) request.headers.add("Host", std::string(target.authority));  // found first
  for (const auto& field : from)
    request.headers.add(std::string(field.name_string()), std::string(field.value()));
  return request;
}

bool has_media_type(const Request& request, std::string_view wanted) {
  if (wanted.empty()) return true;
  std::string_view given = request.headers.find("Content-Type");
  given = given.substr(0, given.find(';'));
  while (given.ends_with(' ')) given.remove_suffix(1);
  return beast::iequals(beast::string_view(given.data(), given.size()),
                        beast::string_view(wanted.data(), wanted.size()));
}

bool is_unchanged(const Request& request, const Response& response) {
  return response.status == 200 && (request.method == "GET" || request.method == "HEAD") &&
         matches_etag(request.headers.find("If-None-Match"), response.headers.find("ETag"));
}

bhttp::response<bhttp::string_body> message_head(const Response& response, bool keep_alive) {
  bhttp::response<bhttp::string_body> message(static_cast<bhttp::status>(response.status), 11);
  if (response.status != 304) message.set(bhttp::field::content_type, response.content_type);
  message.set(bhttp::field::cache_control, "no-store");
  message.set("X-Content-Type-Options", "nosniff");
  message.set("Referrer-Policy", "no-referrer");
  const auto policy = response.content_type.starts_with("text/html") ? kPagePolicy : kDataPolicy;
  message.set("Content-Security-Policy", beast::string_view(policy.data(), policy.size()));
  for (const auto& [name, value] : response.headers.all()) {
    if (!is_header_text(name) || !is_header_text(value)) continue;
    if (beast::iequals(name, "Set-Cookie")) {
      message.insert(name, value);
    } else {
      message.set(name, value);
    }
  }
  message.keep_alive(keep_alive);
  return message;
}

}  // namespace earshot::http
