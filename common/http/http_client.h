// HTTP/1.1 requests that are waited for: for command-line tools. Servers and workers use libcurl's multi
// interface instead. The only door to Beast's client side. http and https (certificates are verified against
// the system's store; SSL_CERT_FILE names another); no redirects, a connection for each request.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/http/http_message.h"

namespace earshot::http {

struct Url {
  bool secure = false;
  std::string host;
  std::string port = "80";
  std::string target = "/";
  // http://host[:port][/path] or https://...; an IPv6 address in brackets is not understood.
  static Result<Url> parse(const std::string& text);
};

// Blocks the calling thread for at most `timeout`.
// Errors: kInvalid (URL, or an answer that is not HTTP), kUnavailable (no connection, no trusted
// certificate), kTimeout, kTooLarge (1 MiB).
Result<Response> request(const std::string& method, const std::string& url, const Headers& headers,
                         std::string body, Milliseconds timeout);

inline Result<Response> http_post(const std::string& url, const Headers& headers, std::string body,
                                  Milliseconds timeout) {
  return request("POST", url, headers, std::move(body), timeout);
}

// What a stream's reader is told, on the thread that waits. `false` means: enough, end it.
struct StreamHandlers {
  std::function<bool(const Response& head)> on_head;     // once; its body is empty
  std::function<bool(std::string_view bytes)> on_bytes;  // as they come, at most 16 kB each
};

// GETs an answer of any length, such as server-sent events.
// RETURNS: when the server has ended it or a handler has said enough.
// Errors: as request(); kTimeout when nothing came for `idle`.
Status stream(const std::string& url, const Headers& headers, const StreamHandlers& handlers,
              Milliseconds idle);

}  // namespace earshot::http
