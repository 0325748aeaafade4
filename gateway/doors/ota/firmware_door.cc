#include "gateway/doors/ota/firmware_door.h"

#include <string>

#include "common/http/json_answer.h"
#include "common/log/log.h"

namespace earshot::gateway {

void FirmwareDoor::mount(http::Router& router) {
  router.add("GET", std::string(DownloadLink::kRoute),
             [this](const http::Request& request, const http::Reply& reply) { download(request, reply); });
}

void FirmwareDoor::download(const http::Request& request, const http::Reply& reply) {
  const auto found = library_.download(request.param("image"), request.param("device"),
                                       request.param("expires"), request.param("signature"));
  if (found.verdict != DownloadLink::Verdict::kGood) {
    if (const auto verdict = refusals_.ask(clock_.now()); verdict.log) {
      log::logger("firmware")
          .warn("download refused peer={} reason={} suppressed={}", request.peer,
                found.verdict == DownloadLink::Verdict::kExpired ? "expired" : "forged", verdict.suppressed);
    }
    return reply(http::json_error(403, "this link is not good (any more): ask OTA for a new one"));
  }
  if (found.image == nullptr) return reply(http::json_error(404, "no such image"));
  http::Response response{
      .status = 200, .content_type = "application/octet-stream", .body = {}, .headers = {}};
  response.headers.add("ETag", "\"" + found.image->sha256 + "\"");
  response.file = http::FileBody{.path = found.path};
  reply(std::move(response));
}

}  // namespace earshot::gateway
