// Any target and any header that a server reads by itself:
// a route or a refusal, and nothing that climbs out of a folder.
#include <cstdint>
#include <cstdlib>

#include "common/http/byte_range.h"
#include "common/http/http_router.h"
#include "common/http/request_target.h"
#include "common/http/url_coding.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace earshot::http;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static const Router& router = *[] {
    auto* made = new Router;
    for (const char* path : {"/a", "/a/{b}", "/{a}/b", "/a/{b}/{c}"}) {
      made->add("GET", path, [](const Request&, const Reply&) {});
    }
    return made;
  }();
  Request request;
  request.method = "GET";
  const RequestTarget target = split_target(text);
  if (!target.authority.empty() && !target.path.starts_with('/')) std::abort();
  if (target.authority.find_first_of("/?") != std::string_view::npos) std::abort();
  if (target.path.find('?') != std::string_view::npos) std::abort();
  request.path = std::string(target.path);
  request.query = std::string(target.query);
  auto found = router.find(request);
  if (std::holds_alternative<const Router::Route*>(found)) {
    for (const auto& [name, value] : request.params) {
      if (value == ".." || value.find('\0') != std::string::npos) std::abort();
    }
    request.query_value("q");
  }
  if (const auto decoded = percent_decode(text)) {
    if (percent_decode(percent_encode(*decoded)) != decoded) std::abort();
  }
  const ByteRange range = choose_range(text, 1000);
  if (range.first + range.length > 1000) std::abort();
  matches_etag(text, "\"a\"");
  return 0;
}
