#include "gateway/doors/console/console_door.h"

#include <array>
#include <utility>

#include "common/base/bytes.h"
#include "common/base/check.h"
#include "common/base/sha256.h"
#include "gateway/doors/console/console_assets.h"

namespace earshot::gateway {

namespace {

// `'self'` is this gateway. Audio of a turn is played from the API, images are files of the console.
constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";

constexpr std::string_view kNotFoundPage =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Not found</title>"
    "<h1>Not found</h1><p>There is nothing at this address. <a href=\"/\">Open the console</a></p></html>\n";

constexpr const char* kTalkPath = "/talk";

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kTypes{{
    {".html", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".svg", "image/svg+xml"},
}};

std::string_view type_of(std::string_view path) {
  for (const auto& [ending, type] : kTypes) {
    if (path.ends_with(ending)) return type;
  }
  return {};
}

std::string etag_of(std::string_view content) {
  const auto digest = sha256(as_bytes(content));
  return '"' + to_hex(ByteView(digest).first(16)) + '"';
}

http::Headers common_headers() {
  http::Headers headers;
  headers.add("Content-Security-Policy", std::string(kContentSecurityPolicy));
  headers.add("X-Frame-Options", "DENY");
  headers.add("Referrer-Policy", "no-referrer");
  headers.add("Cross-Origin-Opener-Policy", "same-origin");
  headers.add("Cross-Origin-Resource-Policy", "same-origin");
  return headers;
}

}  // namespace

ConsoleDoor::ConsoleDoor() {
  for (const auto& asset : console::assets()) {
    File file{.content = asset.content(), .type = type_of(asset.path()), .etag = etag_of(asset.content())};
    EARSHOT_CHECK(!file.type.empty(), "a console file of a type that kTypes does not know");
    const std::string url = asset.path() == "index.html" ? "/" : "/console/" + std::string(asset.path());
    files_.emplace(url, std::move(file));
  }
}

void ConsoleDoor::mount(http::Router& router) {
  for (const auto& [url, file] : files_) {
    router.add("GET", url,
               [this](const http::Request& request, const http::Reply& reply) { reply(answer(request)); });
  }
  // An address that can be told: what stands behind '#' is the page's own.
  router.add("GET", kTalkPath, [](const http::Request&, const http::Reply& reply) {
    http::Response there{
        .status = 303, .content_type = "text/plain", .body = {}, .headers = common_headers()};
    there.headers.add("Location", "/#/talk");
    reply(std::move(there));
  });
  router.otherwise([this](const http::Request& request) { return answer(request); });
}

http::Response ConsoleDoor::answer(const http::Request& request) const {
  const auto found = files_.find(request.path);
  if (found == files_.end()) {
    if (request.path.starts_with("/api/")) return http::json_error(404, "no such path");
    return {.status = 404,
            .content_type = "text/html; charset=utf-8",
            .body = std::string(kNotFoundPage),
            .headers = common_headers()};
  }
  const File& file = found->second;
  http::Response response{.status = 200,
                          .content_type = std::string(file.type),
                          .body = std::string(file.content),
                          .headers = common_headers()};
  response.headers.add("ETag", file.etag);
  // Asked for anew each time, so that an upgraded gateway is never shown through an old page.
  response.headers.add("Cache-Control", "no-cache");
  return response;
}

}  // namespace earshot::gateway
