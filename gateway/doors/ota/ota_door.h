// The HTTP door for OTA: puts answer_ota() behind /xiaozhi/ota/.
// Runs on: the HTTP server's executor. Borrows: the clock and the router, for its life.
#pragma once

#include "common/base/clock.h"
#include "common/http/http_router.h"
#include "common/log/log_limiter.h"
#include "gateway/doors/ota/ota_answer.h"

namespace earshot::gateway {

class OtaDoor {
 public:
  OtaDoor(OtaConfig config, const Clock& clock) : config_(std::move(config)), clock_(clock) {}
  void mount(http::Router& router);

 private:
  void handle(const http::Request& request, const http::Reply& reply);

  OtaConfig config_;
  const Clock& clock_;
  log::LogLimiter refusals_{10, Milliseconds(60'000)};
};

}  // namespace earshot::gateway
