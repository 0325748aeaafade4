// Where devices download their firmware: behind signed, short-lived links (download_link.h).
//
// Runs on: the HTTP server's executor.
// Borrows: library, clock and router, for its life.
// The firmware needs exactly 200, Content-Length and no redirect (device-protocol 1.2); the file body gives
// that, and answers Range requests of others.
#pragma once

#include "common/base/clock.h"
#include "common/http/http_router.h"
#include "common/log/log_limiter.h"
#include "gateway/control/firmware/firmware_library.h"

namespace earshot::gateway {

class FirmwareDoor {
 public:
  FirmwareDoor(FirmwareLibrary& library, const Clock& clock) : library_(library), clock_(clock) {}
  void mount(http::Router& router);

 private:
  void download(const http::Request& request, const http::Reply& reply);

  FirmwareLibrary& library_;
  const Clock& clock_;
  log::LogLimiter refusals_{10, Milliseconds(60'000)};
};

}  // namespace earshot::gateway
