// A worker by hand: a real Channel to the gateway, what to say decided by the test.
//
// Runs on: the io_context given, all methods too.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/asio/asio.h"
#include "common/ipc/channel.h"
#include "common/ipc/connect.h"

namespace earshot::fakes {

class ScriptedWorker {
 public:
  // Before it is called for an Envelope, that one is already in received().
  using OnEnvelope = std::function<void(ScriptedWorker&, const ipc::Envelope&)>;

  ScriptedWorker(asio::io_context& io, std::string id, std::uint32_t capacity = 10)
      : io_(io), id_(std::move(id)), capacity_(capacity) {}
  ~ScriptedWorker() { close(); }

  void on_envelope(OnEnvelope handler) { handler_ = std::move(handler); }
  // Answers each SessionOpen with SessionOpened, each Ping with Pong.
  void accept_sessions() {
    on_envelope([](ScriptedWorker& self, const ipc::Envelope& envelope) {
      if (envelope.has_session_open()) self.send_opened(envelope.session());
      if (envelope.has_ping()) self.send_pong(envelope.ping().token());
    });
  }

  void attach(ipc::Connection connection) {
    channel_ = ipc::Channel::create(std::move(connection));
    channel_->start({.on_envelope =
                         [this](const ipc::Envelope& envelope) {
                           received_.push_back(envelope);
                           if (handler_) handler_(*this, envelope);
                         },
                     .on_closed = [this](const Error&) { closed_ = true; }});
  }
  void dial(const ipc::Endpoint& endpoint, bool say_hello = true) {
    ipc::async_connect(io_.get_executor(), endpoint, Milliseconds(5000),
                       [this, say_hello](Result<ipc::Channel::Socket> socket) {
                         if (!socket) {
                           closed_ = true;
                           return;
                         }
                         attach(std::move(socket).value());
                         if (say_hello) send_hello();
                       });
  }
  void close() {
    if (channel_) channel_->close();
  }

  void send(const ipc::Envelope& envelope) { channel_->send(envelope); }
  void send_hello() {
    ipc::Envelope envelope;
    envelope.mutable_worker_hello()->set_worker_id(id_);
    envelope.mutable_worker_hello()->set_capacity(capacity_);
    envelope.mutable_worker_hello()->set_version("test");
    send(envelope);
  }
  void send_opened(std::uint32_t session) {
    ipc::Envelope envelope;
    envelope.set_session(session);
    envelope.mutable_session_opened();
    send(envelope);
  }
  void send_pong(std::uint64_t token) {
    ipc::Envelope envelope;
    envelope.mutable_pong()->set_token(token);
    send(envelope);
  }

  bool connected() const { return channel_ != nullptr && channel_->is_open(); }
  bool closed() const { return closed_; }
  const std::vector<ipc::Envelope>& received() const { return received_; }
  std::size_t count(ipc::Envelope::BodyCase body) const {
    std::size_t found = 0;
    for (const auto& envelope : received_) found += envelope.body_case() == body ? 1 : 0;
    return found;
  }
  const ipc::Envelope* last(ipc::Envelope::BodyCase body) const {
    for (auto it = received_.rbegin(); it != received_.rend(); ++it) {
      if (it->body_case() == body) return &*it;
    }
    return nullptr;
  }

 private:
  asio::io_context& io_;
  std::string id_;
  std::uint32_t capacity_;
  OnEnvelope handler_;
  std::shared_ptr<ipc::Channel> channel_;
  std::vector<ipc::Envelope> received_;
  bool closed_ = false;
};

}  // namespace earshot::fakes
