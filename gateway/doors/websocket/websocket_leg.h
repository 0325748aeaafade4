// The device's end of a session over its WebSocket (device-protocol 5): JSON in text frames, sound in binary ones.
//
// Runs on: the shard's thread.
// Borrows: the line, which outlives it.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/base/ids.h"
#include "gateway/doors/websocket/binary_frame.h"
#include "gateway/live/session/device_leg.h"

namespace earshot::gateway {

// What carries the bytes.
class WebSocketPort {
 public:
  virtual ~WebSocketPort() = default;
  virtual void send_text(std::string_view json) = 0;
  // RETURNS: false: it is closed, or its reader is too slow.
  virtual bool send_binary(ByteView head, ByteView payload) = 0;
  // The session is over: so is the connection, unless a hello on it has replaced the session.
  virtual void part(std::uint16_t code, std::string_view reason) = 0;
  virtual void leg_gone() = 0;
};

class WebSocketLeg final : public DeviceLeg {
 public:
  WebSocketLeg(WebSocketPort& port, FrameForm form, SessionId id)
      : port_(port), form_(form), id_(std::move(id)) {}
  ~WebSocketLeg() override { port_.leg_gone(); }
  WebSocketLeg(const WebSocketLeg&) = delete;
  WebSocketLeg& operator=(const WebSocketLeg&) = delete;

  void accept(const SessionTerms& terms) override;
  void refuse() override;
  void tell(const Notice& notice) override;
  FrameVerdict play(ByteView opus) override;
  void part(std::string_view reason) override;
  bool reachable() const override { return true; }
  std::uint32_t next_timestamp() const override;

 private:
  bool is_timed() const { return form_ == FrameForm::kTimed || form_ == FrameForm::kGateway; }

  WebSocketPort& port_;
  FrameForm form_;
  SessionId id_;
  std::uint32_t frame_ms_ = 60;
  std::uint32_t sequence_ = 0;
  std::uint32_t timestamp_ms_ = 0;
};

}  // namespace earshot::gateway
