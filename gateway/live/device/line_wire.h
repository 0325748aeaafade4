// How a connected device is reached outside of a session, and how a session of it is carried. Each door has its
// own.
//
// Runs on: the shard's thread.
#pragma once

#include <memory>
#include <string_view>

#include "common/auth/device_credentials.h"
#include "common/base/result.h"
#include "gateway/live/session/session.h"

namespace earshot::gateway {

class LineWire {
 public:
  virtual ~LineWire() = default;
  virtual const auth::ClientId& client() const = 0;
  // Errors: kUnavailable, kTooLarge: it was not handed over.
  virtual Status send(std::string_view json) = 0;
  virtual std::unique_ptr<DeviceLeg> make_leg(const SessionIdentity& identity, const DeviceHello& hello,
                                              SteadyTime now) = 0;
  // The session that the leg was made for. Called right after it was made, before anything else.
  virtual void carries(Session& session) = 0;
  // The connection ends, after what was sent.
  virtual void hang_up(std::string_view reason) = 0;
};

}  // namespace earshot::gateway
