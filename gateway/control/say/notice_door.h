// Where devices fetch the speech that a `notify` names (notice_store.h).
//
// Runs on: the gateway's main executor, which is the HTTP server's.
// Borrows: sayer, clock and router, for its life.
// The firmware wants 2xx and Content-Length, sends `Accept: audio/ogg`, and follows no redirect.
#pragma once

#include "common/base/clock.h"
#include "common/http/http_router.h"
#include "gateway/control/say/sayer.h"

namespace earshot::gateway {

class NoticeDoor {
 public:
  NoticeDoor(Sayer& sayer, const Clock& clock) : sayer_(sayer), clock_(clock) {}
  void mount(http::Router& router);

 private:
  void fetch(const http::Request& request, const http::Reply& reply);

  Sayer& sayer_;
  const Clock& clock_;
};

}  // namespace earshot::gateway
