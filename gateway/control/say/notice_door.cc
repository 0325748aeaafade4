#include "gateway/control/say/notice_door.h"

#include <string>
#include <utility>

#include "common/http/json_answer.h"

namespace earshot::gateway {

void NoticeDoor::mount(http::Router& router) {
  router.add("GET", std::string(NoticeStore::kRoute),
             [this](const http::Request& request, const http::Reply& reply) { fetch(request, reply); });
}

void NoticeDoor::fetch(const http::Request& request, const http::Reply& reply) {
  const auto found = sayer_.notices().find(request.param("number"), request.param("secret"), clock_.now());
  if (!found) return reply(http::json_error(404, "nothing is to be heard here (any more)"));
  http::Response response{
      .status = 200, .content_type = "audio/ogg", .body = std::string(found->file), .headers = {}};
  if (request.method == "GET") {
    response.takes = sayer_.fetch_begins(found->number);
    response.on_sent = [this, number = found->number](bool whole) { sayer_.fetched(number, whole); };
  }
  reply(std::move(response));
}

}  // namespace earshot::gateway
