#include "bench/worker/talking_gateway.h"

#include <algorithm>
#include <utility>

#include "common/base/startup_error.h"

namespace earshot::bench {

namespace {

constexpr Milliseconds kTick{5};
constexpr std::uint32_t kHeartbeatMs = 5000;

}  // namespace

TalkingGateway::TalkingGateway(asio::io_context& io, const ipc::Endpoint& endpoint, const UserSpeech& speech)
    : io_(io), speech_(speech), timer_(io) {
  auto listener = ipc::Listener::open(io.get_executor(), endpoint);
  if (!listener) throw StartupError(ExitCode::kConfig, listener.error().message);
  listener_ = std::move(*listener);
  listener_->start([this](ipc::Channel::Socket socket) {
    if (channel_) return;
    channel_ = ipc::Channel::create(std::move(socket));
    channel_->start({.on_envelope = [this](const ipc::Envelope& envelope) { on_envelope(envelope); },
                     .on_closed = [this](const Error&) { lost_ = true; }});
  });
  arm();
}

bool TalkingGateway::await_worker(Milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!greeted_ && std::chrono::steady_clock::now() < deadline) io_.run_one_for(Milliseconds(50));
  return greeted_;
}

void TalkingGateway::add_talkers(int count, Milliseconds spread) {
  const auto now = std::chrono::steady_clock::now();
  for (int i = 0; i < count; ++i) {
    const auto session = static_cast<std::uint32_t>(talkers_.size() + 1);
    talkers_.push_back(std::make_unique<Talker>(
        session, speech_, now + spread * i / count, [this](const ipc::Envelope& message, bool audio) {
          audio ? channel_->send_audio(message) : channel_->send(message);
        }));
    talkers_.back()->open();
  }
}

void TalkingGateway::run_for(Milliseconds time) {
  io_.run_for(time);
}

void TalkingGateway::forget_stats() {
  for (const auto& talker : talkers_) talker->forget_stats();
  worst_delay_ = Milliseconds(0);
}

TalkerStats TalkingGateway::stats() const {
  TalkerStats all;
  for (const auto& talker : talkers_) {
    const TalkerStats& one = talker->stats();
    all.turns += one.turns;
    all.unanswered += one.unanswered;
    all.frames_up += one.frames_up;
    all.frames_down += one.frames_down;
    all.answer_ms.insert(all.answer_ms.end(), one.answer_ms.begin(), one.answer_ms.end());
  }
  return all;
}

int TalkingGateway::refused() const {
  return static_cast<int>(
      std::ranges::count_if(talkers_, [](const auto& talker) { return talker->refused(); }));
}

void TalkingGateway::on_envelope(const ipc::Envelope& envelope) {
  if (envelope.has_worker_hello()) {
    greeted_ = true;
    ipc::Envelope answer;
    answer.mutable_gateway_hello()->set_gateway_id("bench");
    answer.mutable_gateway_hello()->set_version("bench");
    answer.mutable_gateway_hello()->add_shard_addresses(listener_->endpoint().text());
    answer.mutable_gateway_hello()->set_heartbeat_ms(kHeartbeatMs);
    return channel_->send(answer);
  }
  if (envelope.has_ping()) {
    ipc::Envelope answer;
    answer.mutable_pong()->set_token(envelope.ping().token());
    return channel_->send(answer);
  }
  const std::uint32_t session = envelope.session();
  if (session == 0 || session > talkers_.size()) return;
  talkers_[session - 1]->on_envelope(envelope, std::chrono::steady_clock::now());
}

void TalkingGateway::arm() {
  timer_.expires_after(kTick);
  timer_.async_wait([this](error_code failure) {
    if (failure) return;
    const auto now = std::chrono::steady_clock::now();
    worst_delay_ = std::max(worst_delay_, std::chrono::duration_cast<Milliseconds>(now - timer_.expiry()));
    if (connected()) {
      for (const auto& talker : talkers_) talker->tick(now);
    }
    arm();
  });
}

}  // namespace earshot::bench
