// One shard's link of an echo worker: dialled, greeted, dialled again when it is lost.
//
// Runs on: the executor.
// Owns: the channel and the engine. Kept alive by its pending operations until stop().
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/asio/asio.h"
#include "common/ipc/channel.h"
#include "common/ipc/connect.h"
#include "worker/echo/echo_engine.h"

namespace earshot::worker {

class EchoLink : public std::enable_shared_from_this<EchoLink> {
  struct Passkey {};

 public:
  static constexpr Milliseconds kConnectTimeout{3000};
  static constexpr Milliseconds kRedial{250};

  struct Handlers {
    std::function<ipc::WorkerHello()> hello;
    std::function<void(const ipc::GatewayHello&)> on_hello;
    std::optional<tls::TlsContext> tls = {};  // for a gateway that is reached over TLS
  };

  static std::shared_ptr<EchoLink> create(Executor executor, ipc::Endpoint endpoint, Handlers handlers);
  EchoLink(Passkey, Executor executor, ipc::Endpoint endpoint, Handlers handlers);

  void start() { dial(); }
  void stop();

 private:
  void dial();
  void dial_again();
  void on_connected(Result<ipc::Connection> connection);
  void on_envelope(const ipc::Envelope& envelope);

  Executor executor_;
  ipc::Endpoint endpoint_;
  Handlers handlers_;
  asio::steady_timer redial_;
  std::shared_ptr<ipc::Channel> channel_;
  EchoEngine engine_;
  bool stopped_ = false;
  bool told_ = false;  // that it cannot be reached
};

}  // namespace earshot::worker
