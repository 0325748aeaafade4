#include "gateway/doors/ota/ota_door.h"

#include "common/log/log.h"

namespace earshot::gateway {

void OtaDoor::mount(http::Router& router) {
  // The firmware posts; it gets only with an empty body, which no release does. The slash may have been left
  // out by hand.
  for (const char* path : {"/xiaozhi/ota/", "/xiaozhi/ota"}) {
    for (const char* method : {"POST", "GET"}) {
      router.add(method, path,
                 [this](const http::Request& request, const http::Reply& reply) { handle(request, reply); });
    }
  }
}

void OtaDoor::handle(const http::Request& request, const http::Reply& reply) {
  const auto answer = answer_ota(request, config_, clock_.wall());
  if (!answer) {
    if (const auto verdict = refusals_.ask(clock_.now()); verdict.log) {
      log::logger("ota").warn("request refused peer={} reason=\"{}\" suppressed={}", request.peer,
                              answer.error().message, verdict.suppressed);
    }
    return reply(http::json_error(400, answer.error().message));
  }
  log::logger("ota").info("device asked for its configuration device={} board={} peer={}",
                          answer->device.text(), answer->board, request.peer);
  reply({.status = 200, .content_type = "application/json", .body = answer->body, .headers = {}});
}

}  // namespace earshot::gateway
