#include "worker/echo/echo_link.h"

#include <utility>

#include "common/log/log.h"

namespace earshot::worker {

namespace {

spdlog::logger& logger() {
  static spdlog::logger& instance = log::logger("echo");
  return instance;
}

}  // namespace

std::shared_ptr<EchoLink> EchoLink::create(Executor executor, ipc::Endpoint endpoint, Handlers handlers) {
  return std::make_shared<EchoLink>(Passkey{}, std::move(executor), std::move(endpoint), std::move(handlers));
}

EchoLink::EchoLink(Passkey, Executor executor, ipc::Endpoint endpoint, Handlers handlers)
    : executor_(std::move(executor)),
      endpoint_(std::move(endpoint)),
      handlers_(std::move(handlers)),
      redial_(executor_),
      engine_({.control = [this](const ipc::Envelope& envelope) { channel_->send(envelope); },
               .audio = [this](const ipc::Envelope& envelope) { channel_->send_audio(envelope); }}) {}

void EchoLink::stop() {
  stopped_ = true;
  redial_.cancel();
  if (channel_) channel_->close();
}

void EchoLink::dial() {
  ipc::async_dial(executor_, endpoint_, endpoint_.host, handlers_.tls, kConnectTimeout,
                  [self = shared_from_this()](Result<ipc::Connection> connection) {
                    self->on_connected(std::move(connection));
                  });
}

void EchoLink::dial_again() {
  redial_.expires_after(kRedial);
  redial_.async_wait([self = shared_from_this()](error_code stopped) {
    if (!stopped && !self->stopped_) self->dial();
  });
}

void EchoLink::on_connected(Result<ipc::Connection> connection) {
  if (stopped_) return;
  if (!connection) {
    if (!std::exchange(told_, true)) {
      logger().warn("gateway unreachable address={} why=\"{}\"; dialling on", endpoint_.text(),
                    connection.error().message);
    }
    return dial_again();
  }
  told_ = false;
  channel_ = ipc::Channel::create(std::move(*connection));
  channel_->start({.on_envelope = [self = shared_from_this()](
                                      const ipc::Envelope& envelope) { self->on_envelope(envelope); },
                   .on_closed =
                       [self = shared_from_this()](const Error& error) {
                         logger().warn("gateway lost address={} why=\"{}\"", self->endpoint_.text(),
                                       error.message);
                         self->engine_.forget_all();
                         if (!self->stopped_) self->dial_again();
                       }});
  ipc::Envelope envelope;
  *envelope.mutable_worker_hello() = handlers_.hello();
  channel_->send(envelope);
}

void EchoLink::on_envelope(const ipc::Envelope& envelope) {
  switch (envelope.body_case()) {
    case ipc::Envelope::kPing: {
      ipc::Envelope pong;
      pong.mutable_pong()->set_token(envelope.ping().token());
      return channel_->send(pong);
    }
    case ipc::Envelope::kGatewayHello:
      logger().info("gateway up address={} shard={}", endpoint_.text(), envelope.gateway_hello().shard());
      return handlers_.on_hello(envelope.gateway_hello());
    default:
      if (envelope.session() != 0) engine_.on_envelope(envelope);
      return;
  }
}

}  // namespace earshot::worker
