// A device that is connected, as a shard sees it: who it is, how a message reaches it outside of a session, and
// how a session of it is carried. Each door has its own.
//
// Runs on: the shard's thread.
#pragma once

#include <memory>
#include <string_view>

#include "common/auth/device_credentials.h"
#include "gateway/live/session/session.h"

namespace earshot::gateway {

class DeviceLine {
 public:
  virtual ~DeviceLine() = default;
  virtual const auth::ClientId& client() const = 0;
  virtual void send(std::string_view json) = 0;
  virtual std::unique_ptr<DeviceLeg> make_leg(const SessionIdentity& identity, const DeviceHello& hello,
                                              SteadyTime now) = 0;
  // The session that the leg was made for. Called right after it was made, before anything else.
  virtual void carries(Session& session) = 0;
};

}  // namespace earshot::gateway
