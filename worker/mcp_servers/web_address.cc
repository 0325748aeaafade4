#include "worker/mcp_servers/web_address.h"

#include <algorithm>

namespace earshot::worker {

namespace {

std::size_t scheme_end(std::string_view url) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (url.starts_with(scheme)) return scheme.size();
  }
  return 0;
}

}  // namespace

std::optional<std::string> url_origin(std::string_view url) {
  const std::size_t host = scheme_end(url);
  if (host == 0) return std::nullopt;
  const auto is_bad = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\\'; };
  if (std::ranges::any_of(url, is_bad)) return std::nullopt;
  std::string_view authority = url.substr(host, url.find_first_of("/?#", host) - host);
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos)
    authority.remove_prefix(at + 1);
  if (authority.empty()) return std::nullopt;
  return std::string(url.substr(0, host)) + std::string(authority);
}

std::optional<std::string> same_origin_url(std::string_view base, std::string_view reference) {
  const auto origin = url_origin(base);
  if (!origin || reference.empty()) return std::nullopt;
  std::string url;
  if (scheme_end(reference) != 0) {
    url = reference;
  } else if (reference.starts_with("//")) {
    return std::nullopt;
  } else if (reference.front() == '/') {
    url = *origin + std::string(reference);
  } else {
    const std::size_t path = base.find('/', scheme_end(base));
    const std::size_t folder = base.substr(0, base.find_first_of("?#")).rfind('/');
    url = path == std::string_view::npos || path > folder ? *origin + "/"
                                                          : std::string(base.substr(0, folder + 1));
    url += reference;
  }
  return url_origin(url) == origin ? std::optional(url) : std::nullopt;
}

}  // namespace earshot::worker
