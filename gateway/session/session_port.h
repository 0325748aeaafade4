// What a session does to the world; the shard implements it. Called synchronously on the shard's thread, from
// inside the session's methods: an implementation must not call back into the session or the table.
#pragma once

#include <string>

#include "common/base/bytes.h"
#include "common/base/ids.h"
#include "gateway/media/udp_address.h"
#include "ipc.pb.h"

namespace earshot::gateway {

class SessionPort {
 public:
  virtual ~SessionPort() = default;
  // JSON for the device, over whatever door it came by.
  virtual void send_control(const DeviceId& device, std::string json) = 0;
  // The bytes live during the call only.
  virtual void send_datagram(UdpAddress to, ByteView datagram) = 0;
  // To the worker that holds the session `envelope.session()`; nothing happens if none does. The envelope
  // lives during the call only.
  virtual void to_worker(const ipc::Envelope& envelope) = 0;
  virtual void audio_to_worker(const ipc::Envelope& envelope) = 0;
};

}  // namespace earshot::gateway
