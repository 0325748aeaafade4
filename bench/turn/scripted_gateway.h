// A gateway's side of the IPC for the bench: accepts one worker, greets it, and passes the envelopes of each
// session to whoever plays its device. A real listener and channel; no devices, no playout.
//
// Runs on: the io_context given, all of it.
// Lifecycle: made (listens) -> on_worker -> ... -> destroyed.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "common/asio/asio.h"
#include "common/ipc/channel.h"
#include "common/ipc/listener.h"

namespace earshot::bench {

class ScriptedGateway {
 public:
  using OnEnvelope = std::function<void(const ipc::Envelope&)>;

  // Throws StartupError when the socket cannot be made.
  ScriptedGateway(asio::io_context& io, const std::string& socket_path, std::function<void()> on_worker);
  ~ScriptedGateway();
  ScriptedGateway(const ScriptedGateway&) = delete;
  ScriptedGateway& operator=(const ScriptedGateway&) = delete;

  void attach(std::uint32_t session, OnEnvelope handler) { sessions_[session] = std::move(handler); }
  void send(const ipc::Envelope& envelope);
  bool lost() const { return lost_; }  // the worker has gone

 private:
  void accept(ipc::Channel::Socket socket);
  void on_envelope(const ipc::Envelope& envelope);

  std::function<void()> on_worker_;
  std::shared_ptr<ipc::Listener> listener_;
  std::shared_ptr<ipc::Channel> channel_;
  std::map<std::uint32_t, OnEnvelope> sessions_;
  bool lost_ = false;
};

}  // namespace earshot::bench
