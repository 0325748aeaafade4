#include "worker/link/gateway_link.h"

#include <algorithm>
#include <utility>

#include "worker/link/gateway_protocol.h"
#include "worker/link/link_logger.h"

namespace earshot::worker {

namespace {

constexpr Milliseconds kShortestHeartbeat{100};
constexpr Milliseconds kLongestHeartbeat{60'000};

}  // namespace

std::shared_ptr<GatewayLink> GatewayLink::create(Executor executor, GatewayTarget target, LinkHost& host,
                                                 std::uint32_t seed) {
  return std::shared_ptr<GatewayLink>(new GatewayLink(std::move(executor), std::move(target), host, seed));
}

GatewayLink::GatewayLink(Executor executor, GatewayTarget target, LinkHost& host, std::uint32_t seed)
    : executor_(std::move(executor)),
      target_(std::move(target)),
      host_(host),
      redial_(executor_),
      backoff_(seed) {}

void GatewayLink::start() {
  dial();
}

void GatewayLink::tick(SteadyTime now) {
  // A conversation may end nothing but itself here, and only through the gateway: the table does not change.
  for (auto& [session, conversation] : conversations_) conversation->tick();
  if (!channel_) return;
  if (!greeted_) {
    if (now >= greet_until_) lose("it sent no hello in time");
    return;
  }
  switch (heartbeat_->poll(now)) {
    case ipc::Heartbeat::Action::kNone:
      return;
    case ipc::Heartbeat::Action::kPing: {
      ipc::Envelope ping;
      ping.mutable_ping()->set_token(++pings_);
      return channel_->send(ping);
    }
    case ipc::Heartbeat::Action::kDead:
      return lose("it does not answer");
  }
}

void GatewayLink::send_load(const ipc::WorkerLoad& load) {
  if (!greeted_) return;
  ipc::Envelope envelope;
  *envelope.mutable_load() = load;
  channel_->send(envelope);
}

void GatewayLink::drain() {
  draining_ = true;
  for (auto& [session, conversation] : conversations_) conversation->leave();
  if (!greeted_) return;
  ipc::Envelope envelope;
  envelope.mutable_drain();
  channel_->send(envelope);
}

void GatewayLink::retire() {
  if (std::exchange(retired_, true)) return;
  redial_.cancel();
  drain();
}

void GatewayLink::stop() {
  if (std::exchange(stopped_, true)) return;
  redial_.cancel();
  close_conversations();
  if (const auto channel = std::exchange(channel_, nullptr)) channel->close();
  greeted_ = false;
}

bool GatewayLink::busy() const {
  return std::ranges::any_of(conversations_,
                             [](const auto& entry) { return entry.second->busy() || entry.second->moves(); });
}

void GatewayLink::dial() {
  ipc::async_dial(executor_, target_.endpoint, target_.name, host_.tls(), kConnectTimeout,
                  [self = shared_from_this()](Result<ipc::Connection> connection) {
                    self->on_connected(std::move(connection));
                  });
}

void GatewayLink::on_connected(Result<ipc::Connection> connection) {
  if (stopped_ || retired_) return;
  if (!connection) {
    if (!std::exchange(told_unreachable_, true)) {
      link_logger().warn("gateway unreachable address={} why=\"{}\"; dialling on", target_.endpoint.text(),
                         connection.error().message);
    }
    return dial_again();
  }
  channel_ = ipc::Channel::create(std::move(*connection));
  channel_->start(
      {.on_envelope =
           [self = shared_from_this()](const ipc::Envelope& envelope) { self->on_envelope(envelope); },
       .on_closed = [self = shared_from_this()](const Error& error) { self->lose(error.message); }});
  greet_until_ = std::chrono::steady_clock::now() + kHelloTimeout;
  ipc::Envelope envelope;
  *envelope.mutable_worker_hello() = host_.hello();
  channel_->send(envelope);
}

void GatewayLink::dial_again() {
  redial_.expires_after(backoff_.next());
  redial_.async_wait([self = shared_from_this()](error_code stopped) {
    if (!stopped && !self->stopped_ && !self->retired_) self->dial();
  });
}

void GatewayLink::lose(const std::string& why) {
  const auto channel = std::exchange(channel_, nullptr);
  if (!channel) return;
  // The handlers hold the last reference to what calls them, so the channel dies in a later round.
  channel->close();
  asio::post(executor_, [channel] {});
  if (greeted_ || !std::exchange(told_unreachable_, true)) {
    link_logger().warn("gateway lost address={} sessions={} why=\"{}\"; dialling again",
                       target_.endpoint.text(), conversations_.size(), why);
  }
  if (std::exchange(greeted_, false)) host_.counters().add(LinkEvent::kLinkLost);
  heartbeat_.reset();
  close_conversations();
  if (!stopped_ && !retired_) dial_again();
}

void GatewayLink::close_conversations() {
  const bool any = !conversations_.empty();
  // What the gateway moves is reported by the next worker.
  for (auto& [session, conversation] : conversations_) conversation->close(conversation->moves());
  conversations_.clear();
  overflown_.clear();
  if (any) host_.on_sessions_changed();
}

void GatewayLink::on_envelope(const ipc::Envelope& envelope) {
  if (!channel_) return;
  if (heartbeat_) heartbeat_->heard(std::chrono::steady_clock::now());
  const std::uint32_t session = envelope.session();
  switch (judge_gateway_envelope(envelope, greeted_)) {
    case GatewayVerdict::kHello:
      return on_hello(envelope.gateway_hello());
    case GatewayVerdict::kPing: {
      ipc::Envelope pong;
      pong.mutable_pong()->set_token(envelope.ping().token());
      return channel_->send(pong);
    }
    case GatewayVerdict::kPong:
      return;
    case GatewayVerdict::kDrain:
      if (draining_) return;
      link_logger().info("draining as the gateway asks address={} sessions={}", target_.endpoint.text(),
                         conversations_.size());
      return drain();
    case GatewayVerdict::kAgents:
      return on_agents(envelope.agent_set());
    case GatewayVerdict::kOpen:
      return on_open(session, envelope.session_open());
    case GatewayVerdict::kUpdate:
      return on_update(session, envelope.call_update().open());
    case GatewayVerdict::kClose:
      return on_close(session, envelope.session_close().moved());
    case GatewayVerdict::kSession: {
      const auto found = conversations_.find(session);
      if (found == conversations_.end()) return host_.counters().add(LinkEvent::kUnknownSession);
      return found->second->on_envelope(envelope);
    }
    case GatewayVerdict::kBeforeHello:
      return host_.counters().add(LinkEvent::kBeforeHello);
    case GatewayVerdict::kSecondHello:
      return host_.counters().add(LinkEvent::kSecondHello);
    case GatewayVerdict::kNoSession:
      return host_.counters().add(LinkEvent::kNoSession);
    case GatewayVerdict::kWrongDirection:
      return host_.counters().add(LinkEvent::kWrongDirection);
  }
}

void GatewayLink::on_hello(const ipc::GatewayHello& hello) {
  greeted_ = true;
  gateway_ = hello.gateway_id();
  told_unreachable_ = false;
  backoff_.succeeded();
  host_.counters().add(LinkEvent::kLinkUp);
  const Milliseconds interval =
      std::clamp(Milliseconds{hello.heartbeat_ms()}, kShortestHeartbeat, kLongestHeartbeat);
  heartbeat_.emplace(interval, std::chrono::steady_clock::now());
  link_logger().info("gateway up address={} gateway={} shard={} version={}", target_.endpoint.text(),
                     hello.gateway_id(), hello.shard(), hello.version());
  if (draining_) drain();
  host_.on_hello(hello, target_);
}

void GatewayLink::on_agents(const ipc::AgentSet& part) {
  auto set = agents_.add(part);
  if (!set) return;
  const auto answer = [weak = weak_from_this()](ipc::AgentsAccepted accepted) {
    const auto self = weak.lock();
    if (!self || !self->channel_ || !self->greeted_) return;
    ipc::Envelope envelope;
    *envelope.mutable_agents_accepted() = std::move(accepted);
    self->channel_->send(envelope);
  };
  if (!agents_.too_large()) return host_.take_agents(gateway_, std::move(*set), answer);
  host_.counters().add(LinkEvent::kAgentsTooLarge);
  ipc::AgentsAccepted refused;
  refused.set_revision(set->revision());
  refused.add_problems()->set_what("all agents and providers together are more than a worker takes");
  answer(std::move(refused));
}

void GatewayLink::on_open(std::uint32_t session, const ipc::SessionOpen& open) {
  if (draining_) return refuse(session, "the worker is draining");
  if (!host_.has_room(gateway_)) return refuse(session, "the worker is full");
  if (conversations_.contains(session)) return refuse(session, "the session is open already");
  auto conversation = host_.converse(gateway_, open, sink_for(session), {});
  if (!conversation) return refuse(session, conversation.error().message);
  conversations_.emplace(session, *conversation);
  host_.counters().add(LinkEvent::kSessionOpened);
  ipc::Envelope envelope;
  envelope.set_session(session);
  envelope.mutable_session_opened();
  channel_->send(envelope);
  (*conversation)->start();
  host_.on_sessions_changed();
}

// The terms of a call are what its conversation is made with: another one goes on with what this one knows.
void GatewayLink::on_update(std::uint32_t session, const ipc::SessionOpen& open) {
  const auto found = conversations_.find(session);
  if (found == conversations_.end()) return host_.counters().add(LinkEvent::kUnknownSession);
  ConversationState state = found->second->state();
  state.floor = {};     // the gateway says anew who listens
  state.tools.reset();  // and what the caller offers
  auto next = host_.converse(gateway_, open, sink_for(session), state);
  if (!next) {
    ipc::Envelope end;
    end.set_session(session);
    end.mutable_session_end()->set_reason(next.error().message);
    return channel_->send(end);
  }
  std::exchange(found->second, *next)->close();
  found->second->start();
  if (draining_) found->second->leave();
}

void GatewayLink::on_close(std::uint32_t session, bool moved) {
  const auto found = conversations_.find(session);
  if (found == conversations_.end()) return host_.counters().add(LinkEvent::kUnknownSession);
  found->second->close(moved);
  conversations_.erase(found);
  overflown_.erase(session);
  host_.on_sessions_changed();
}

void GatewayLink::refuse(std::uint32_t session, const std::string& why) {
  host_.counters().add(LinkEvent::kSessionRefused);
  ipc::Envelope envelope;
  envelope.set_session(session);
  envelope.mutable_session_refused()->set_reason(why);
  channel_->send(envelope);
}

ConversationSink GatewayLink::sink_for(std::uint32_t session) {
  const auto pass = [weak = weak_from_this(), session](auto send) {
    return [weak, session, send](ipc::Envelope envelope) {
      const auto self = weak.lock();
      if (!self || !self->channel_) return;
      envelope.set_session(session);
      ((*self).*send)(envelope);
    };
  };
  return {.send = pass(&GatewayLink::send_control), .send_audio = pass(&GatewayLink::send_audio)};
}

void GatewayLink::send_control(const ipc::Envelope& envelope) {
  if (channel_->offer(envelope)) return;
  const ipc::ControlClass kind = ipc::class_of(envelope);
  if (kind == ipc::ControlClass::kOptional) return host_.counters().add(LinkEvent::kReportDropped);
  if (kind != ipc::ControlClass::kSession || !conversations_.contains(envelope.session())) return;
  if (!overflown_.insert(envelope.session()).second) return;
  host_.counters().add(LinkEvent::kSessionOverflow);
  // The gateway answers with SessionClose, which ends the conversation here.
  ipc::Envelope end;
  end.set_session(envelope.session());
  end.mutable_session_end()->set_reason("more waits for the gateway than a session may hold");
  channel_->send(end);
}

void GatewayLink::send_audio(const ipc::Envelope& envelope) {
  channel_->send_audio(envelope);
}

}  // namespace earshot::worker
