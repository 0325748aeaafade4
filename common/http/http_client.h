// One HTTP/1.1 request, waited for: for command-line tools. Servers and workers use libcurl's multi interface
// instead. The only door to Beast's client side. Blocks the calling thread for at most `timeout`; plain http
// only, no redirects.
#pragma once

#include <string>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/http/http_message.h"

namespace earshot::http {

struct Url {
  std::string host;
  std::string port = "80";
  std::string target = "/";
  static Result<Url> parse(const std::string& text);
};

// Errors: kInvalid (URL, or an answer that is not HTTP), kUnavailable (no connection), kTimeout, kTooLarge (1
// MiB).
Result<Response> request(const std::string& method, const std::string& url, const Headers& headers,
                         std::string body, Milliseconds timeout);

inline Result<Response> http_post(const std::string& url, const Headers& headers, std::string body,
                                  Milliseconds timeout) {
  return request("POST", url, headers, std::move(body), timeout);
}

}  // namespace earshot::http
