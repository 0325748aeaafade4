#include "bench/turn/scripted_gateway.h"

#include <utility>

#include "common/base/startup_error.h"
#include "common/ipc/endpoint.h"

namespace earshot::bench {

ScriptedGateway::ScriptedGateway(asio::io_context& io, const std::string& socket_path,
                                 std::function<void()> on_worker)
    : on_worker_(std::move(on_worker)) {
  const auto endpoint = ipc::parse_endpoint("unix:" + socket_path);
  if (!endpoint) throw StartupError(ExitCode::kConfig, endpoint.error().message);
  auto listener = ipc::Listener::open(io.get_executor(), *endpoint);
  if (!listener) throw StartupError(ExitCode::kConfig, listener.error().message);
  listener_ = std::move(*listener);
  listener_->start([this](ipc::Channel::Socket socket) { accept(std::move(socket)); });
}

ScriptedGateway::~ScriptedGateway() {
  listener_->close();
  if (channel_) channel_->close();
}

void ScriptedGateway::send(const ipc::Envelope& envelope) {
  if (!channel_) return;
  if (envelope.has_audio_up()) {
    channel_->send_audio(envelope);
  } else {
    channel_->send(envelope);
  }
}

void ScriptedGateway::accept(ipc::Channel::Socket socket) {
  channel_ = ipc::Channel::create(std::move(socket));
  channel_->start({.on_envelope = [this](const ipc::Envelope& envelope) { on_envelope(envelope); },
                   .on_closed = [this](const Error&) { lost_ = true; }});
}

void ScriptedGateway::on_envelope(const ipc::Envelope& envelope) {
  if (envelope.has_ping()) {
    ipc::Envelope pong;
    pong.mutable_pong()->set_token(envelope.ping().token());
    return channel_->send(pong);
  }
  if (envelope.has_worker_hello()) {
    ipc::Envelope hello;
    hello.mutable_gateway_hello()->set_gateway_id("bench");
    hello.mutable_gateway_hello()->set_heartbeat_ms(1000);
    channel_->send(hello);
    return on_worker_();
  }
  const auto session = sessions_.find(envelope.session());
  if (session != sessions_.end()) session->second(envelope);
}

}  // namespace earshot::bench
