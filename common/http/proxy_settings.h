// Which proxy a WebSocket goes through, by the variables that curl(1) reads under "PROXY ENVIRONMENT VARIABLES":
// https_proxy for wss, http_proxy for ws (in small letters only: a CGI program's HTTP_PROXY is a header that a
// client sent), all_proxy for both, and no_proxy for the hosts that are reached without. Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace earshot::http {

struct Proxy {
  std::string host;
  std::string port;           // 1080 when the variable names none, as curl has it
  std::string authorization;  // of the header Proxy-Authorization; empty: none
};

// A variable's value; empty: it is not set.
using Environment = std::function<std::string(const char* name)>;

// `secure`: wss. nullopt: none, or one that is no HTTP proxy (only http:// is spoken with a proxy).
std::optional<Proxy> proxy_for(bool secure, const std::string& host, const Environment& environment);
// Of this process.
std::string process_environment(const char* name);

}  // namespace earshot::http
