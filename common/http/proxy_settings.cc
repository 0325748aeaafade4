#include "common/http/proxy_settings.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "common/base/bytes.h"

namespace earshot::http {

namespace {

constexpr std::string_view kScheme = "http://";

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower;
}

std::string first_set(const Environment& environment, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (std::string value = environment(name); !value.empty()) return value;
  }
  return {};
}

// "example.com" and ".example.com" mean the host and all below it, "*" every host.
bool is_excepted(const std::string& host, std::string_view list) {
  const std::string wanted = lower_case(host);
  while (!list.empty()) {
    const auto end = list.find_first_of(", ");
    std::string entry = lower_case(list.substr(0, end));
    list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
    if (entry == "*") return true;
    if (entry.starts_with('.')) entry.erase(0, 1);
    if (!entry.empty() && (wanted == entry || wanted.ends_with("." + entry))) return true;
  }
  return false;
}

std::optional<Proxy> parse_proxy(std::string_view url) {
  if (lower_case(url.substr(0, kScheme.size())) == kScheme) {
    url.remove_prefix(kScheme.size());
  } else if (url.find("://") != std::string_view::npos) {
    return std::nullopt;
  }
  url = url.substr(0, url.find('/'));
  Proxy proxy{.host = {}, .port = "1080", .authorization = {}};
  if (const auto at = url.rfind('@'); at != std::string_view::npos) {
    proxy.authorization = "Basic " + to_base64(as_bytes(url.substr(0, at)));
    url.remove_prefix(at + 1);
  }
  if (const auto colon = url.rfind(':'); colon != std::string_view::npos && url.back() != ']') {
    proxy.port = url.substr(colon + 1);
    url = url.substr(0, colon);
  }
  if (url.starts_with('[') && url.ends_with(']')) url = url.substr(1, url.size() - 2);
  proxy.host = url;
  const bool digits = !proxy.port.empty() && proxy.port.size() <= 5 &&
                      proxy.port.find_first_not_of("0123456789") == std::string::npos;
  if (proxy.host.empty() || !digits) return std::nullopt;
  return proxy;
}

}  // namespace

std::optional<Proxy> proxy_for(bool secure, const std::string& host, const Environment& environment) {
  const std::string url =
      secure ? first_set(environment, {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"})
             : first_set(environment, {"http_proxy", "all_proxy", "ALL_PROXY"});
  if (url.empty() || is_excepted(host, first_set(environment, {"no_proxy", "NO_PROXY"}))) return std::nullopt;
  return parse_proxy(url);
}

std::string process_environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

}  // namespace earshot::http
