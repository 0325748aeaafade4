#include "gateway/live/workers/worker_link.h"

#include <algorithm>
#include <utility>

#include "common/ipc/control_class.h"
#include "gateway/live/workers/worker_protocol.h"
#include "gateway/live/workers/workers_logger.h"

namespace earshot::gateway {

namespace {

// One worker may have thousands of sessions: a third of a second of 4,000 that all speak.
constexpr std::size_t kAudioOutboxBytes = 4 * 1024 * 1024;

// A part of the agents waits for the outbox to hold less than this, a sixteenth of what it may: then at most
// two parts are between a conversation and its worker.
constexpr std::size_t kRoomForAgents = 256 * 1024;

// A worker that others can stand in for and that has sessions is missed after four of these: in 900 ms.
constexpr Milliseconds kAnxious{225};

}  // namespace

std::shared_ptr<WorkerLink> WorkerLink::create(ipc::Connection connection, WorkerKey key,
                                               const WorkerLinkConfig& config, WorkerCounters& counters) {
  return std::make_shared<WorkerLink>(Passkey{}, std::move(connection), key, config, counters);
}

WorkerLink::WorkerLink(Passkey, ipc::Connection connection, WorkerKey key, const WorkerLinkConfig& config,
                       WorkerCounters& counters)
    : timer_(connection.socket.get_executor()),
      key_(key),
      name_(connection.peer_name()),
      serial_(connection.peer_serial()),
      config_(config),
      counters_(counters),
      heartbeat_(config.heartbeat, std::chrono::steady_clock::now()) {
  ipc::ChannelLimits limits;
  limits.outbox_audio_bytes = kAudioOutboxBytes;
  channel_ = ipc::Channel::create(std::move(connection), limits);
  if (config_.write_in_rounds) channel_->hold_writes();
}

void WorkerLink::start(Handlers handlers) {
  handlers_ = std::move(handlers);
  channel_->start(
      {.on_envelope =
           [self = shared_from_this()](const ipc::Envelope& envelope) { self->on_envelope(envelope); },
       .on_closed = [self = shared_from_this()](const Error& error) { self->lose(error.message); },
       .on_audio_down =
           [self = shared_from_this()](const ipc::AudioDownView& audio) { self->on_audio_down(audio); }});
  arm_timer(std::chrono::steady_clock::now() + config_.hello_timeout);
}

bool WorkerLink::open_session(Ssrc ssrc, const ipc::SessionOpen& open) {
  ipc::Envelope envelope;
  envelope.set_session(number(ssrc));
  *envelope.mutable_session_open() = open;
  if (!channel_->offer(envelope)) return false;
  sessions_.emplace(ssrc, {});
  reportable_.opened(ssrc, open.session_id());
  if (sessions_.size() == 1 && hands_over()) {
    heartbeat_.set_interval(heartbeat(), std::chrono::steady_clock::now());
    arm_timer(heartbeat_.next_deadline());
  }
  return true;
}

Milliseconds WorkerLink::heartbeat() const {
  const bool anxious = hands_over() && sessions_.size() > 0;
  return anxious ? std::min(config_.heartbeat, kAnxious) : config_.heartbeat;
}

void WorkerLink::forget_session(Ssrc ssrc) {
  sessions_.erase(ssrc);
  reportable_.ended(ssrc, std::chrono::steady_clock::now());
}

void WorkerLink::send(const ipc::Envelope& control) {
  if (control.has_say()) reportable_.asked_to_say(Ssrc{control.session()}, control.say().id());
  if (channel_->offer(control) || ipc::class_of(control) != ipc::ControlClass::kSession) return;
  const Ssrc ssrc{control.session()};
  if (std::ranges::find(overflown_, ssrc) == overflown_.end()) overflown_.push_back(ssrc);
}

void WorkerLink::close_session(Ssrc ssrc, std::string_view reason, bool moved) {
  forget_session(ssrc);
  ipc::Envelope envelope;
  envelope.set_session(number(ssrc));
  envelope.mutable_session_close()->set_reason(std::string(reason));
  envelope.mutable_session_close()->set_moved(moved);
  channel_->send(envelope);
}

void WorkerLink::drain() {
  draining_ = true;
  ipc::Envelope envelope;
  envelope.mutable_drain();
  channel_->send(envelope);
}

void WorkerLink::send_agents(AgentParts::Envelopes parts) {
  agents_ = std::move(parts);
  next_part_ = 0;
  channel_->when_below(kRoomForAgents, [self = shared_from_this()] { self->feed_agents(); });
}

void WorkerLink::feed_agents() {
  if (!agents_) return;
  if (next_part_ == agents_->size()) return agents_.reset();
  channel_->send((*agents_)[next_part_++]);
  channel_->when_below(kRoomForAgents, [self = shared_from_this()] { self->feed_agents(); });
}

void WorkerLink::cut(const std::string& reason) {
  asio::post(timer_.get_executor(), [self = shared_from_this(), reason] {
    if (!self->channel_->is_open()) return;
    self->counters_.add(WorkerEvent::kRevoked);
    self->lose(reason);
  });
}

void WorkerLink::close() {
  // A handler may be the caller: its own closure must outlive the call, so it is dropped in the next round.
  asio::post(timer_.get_executor(), [dropped = std::exchange(handlers_, {})] {});
  timer_.cancel();
  take_channel_stats();
  channel_->close();
}

void WorkerLink::on_envelope(const ipc::Envelope& envelope) {
  const SteadyTime now = std::chrono::steady_clock::now();
  heartbeat_.heard(now);
  switch (judge_worker_envelope(envelope, up_)) {
    case WorkerVerdict::kHello:
      return on_hello(envelope.worker_hello());
    case WorkerVerdict::kLoad:
      load_ = envelope.load();
      if (handlers_.on_load) handlers_.on_load(*this);
      return;
    case WorkerVerdict::kPing: {
      ipc::Envelope pong;
      pong.mutable_pong()->set_token(envelope.ping().token());
      return channel_->send(pong);
    }
    case WorkerVerdict::kPong:
      return;
    case WorkerVerdict::kDrain:
      draining_ = true;
      if (handlers_.on_load) handlers_.on_load(*this);
      return;
    case WorkerVerdict::kAgents:
      if (handlers_.on_agents) handlers_.on_agents(*this, envelope.agents_accepted());
      return;
    case WorkerVerdict::kReport:
      if (!may_report(envelope)) return counters_.add(WorkerEvent::kForeignReport);
      if (handlers_.on_report) handlers_.on_report(*this, envelope);
      return;
    case WorkerVerdict::kSession: {
      const Ssrc ssrc{envelope.session()};
      if (sessions_.contains(ssrc)) {
        if (handlers_.on_session) handlers_.on_session(*this, ssrc, envelope);
        return;
      }
      // The last turn of a session is remembered behind its end.
      if (envelope.has_memory_up() && reportable_.knows(ssrc)) {
        if (handlers_.on_report) handlers_.on_report(*this, envelope);
        return;
      }
      counters_.add(WorkerEvent::kUnknownSession);
      if (envelope.body_case() == ipc::Envelope::kSessionOpened) close_session(ssrc, "too late");
      return;
    }
    case WorkerVerdict::kBadHello:
      counters_.add(WorkerEvent::kBadHello);
      return lose("its hello has no usable id or capacity");
    case WorkerVerdict::kBeforeHello:
      counters_.add(WorkerEvent::kBeforeHello);
      return lose("it did not begin with a hello");
    case WorkerVerdict::kSecondHello:
      return counters_.add(WorkerEvent::kSecondHello);
    case WorkerVerdict::kWrongDirection:
      return counters_.add(WorkerEvent::kWrongDirection);
    case WorkerVerdict::kNoSession:
      return counters_.add(WorkerEvent::kNoSession);
    case WorkerVerdict::kBadAudio:
      return counters_.add(WorkerEvent::kBadAudio);
    case WorkerVerdict::kTextTooLong:
      return counters_.add(WorkerEvent::kTextTooLong);
  }
}

// A worker that reports of another's session would write into somebody else's history.
bool WorkerLink::may_report(const ipc::Envelope& report) {
  const Ssrc ssrc{report.session()};
  if (report.has_say_spoken()) return reportable_.take_say(ssrc, report.say_spoken().id());
  return reportable_.may_report(ssrc, report.turn_report().session_id());
}

void WorkerLink::on_audio_down(const ipc::AudioDownView& audio) {
  heartbeat_.heard(std::chrono::steady_clock::now());
  if (!up_) {
    counters_.add(WorkerEvent::kBeforeHello);
    return lose("it did not begin with a hello");
  }
  if (audio.opus.empty() || audio.opus.size() > kMaxOpusBytes) return counters_.add(WorkerEvent::kBadAudio);
  if (audio.session == 0) return counters_.add(WorkerEvent::kNoSession);
  if (!sessions_.contains(Ssrc{audio.session})) return counters_.add(WorkerEvent::kUnknownSession);
  if (handlers_.on_audio) handlers_.on_audio(*this, audio);
}

void WorkerLink::on_hello(const ipc::WorkerHello& hello) {
  // A worker with a certificate of its own must not pass for another one.
  if (is_proven() && hello.worker_id() != name_) {
    counters_.add(WorkerEvent::kForeignName);
    return lose("its hello names '" + hello.worker_id() + "', its certificate '" + name_ +
                "': give it the certificate's name (id)");
  }
  up_ = true;
  hello_ = hello;
  counters_.add(WorkerEvent::kLinksUp);
  workers_logger().info("worker up worker={} shard={} capacity={} version={} pid={} link={}",
                        hello.worker_id(), config_.shard, hello.capacity(), hello.version(), hello.pid(),
                        is_proven() ? "tls" : "local");

  ipc::Envelope answer;
  ipc::GatewayHello& greeting = *answer.mutable_gateway_hello();
  greeting.set_gateway_id(config_.gateway_id);
  greeting.set_version(config_.version);
  greeting.set_shard(config_.shard);
  for (const auto& address : is_proven() ? config_.remote_shard_addresses : config_.shard_addresses)
    greeting.add_shard_addresses(address);
  greeting.set_heartbeat_ms(static_cast<std::uint32_t>(config_.heartbeat.count()));
  channel_->send(answer);

  arm_timer(heartbeat_.next_deadline());
  if (handlers_.on_up) handlers_.on_up(*this);
}

void WorkerLink::arm_timer(SteadyTime when) {
  timer_.expires_at(when);
  timer_.async_wait([self = shared_from_this()](error_code stopped) {
    if (!stopped) self->on_timer();
  });
}

void WorkerLink::on_timer() {
  if (!channel_->is_open()) return;
  take_channel_stats();
  if (!up_) {
    counters_.add(WorkerEvent::kHelloTimeout);
    return lose("it sent no hello in time");
  }
  const SteadyTime now = std::chrono::steady_clock::now();
  const auto due = heartbeat_.poll(now);
  heartbeat_.set_interval(heartbeat(), now);
  switch (due) {
    case ipc::Heartbeat::Action::kNone:
      break;
    case ipc::Heartbeat::Action::kPing: {
      ipc::Envelope ping;
      ping.mutable_ping()->set_token(
          static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count()));
      channel_->send(ping);
      break;
    }
    case ipc::Heartbeat::Action::kDead:
      return lose("it does not answer");
  }
  arm_timer(heartbeat_.next_deadline());
}

void WorkerLink::lose(const std::string& reason) {
  const auto handlers = std::exchange(handlers_, {});
  const auto self = shared_from_this();  // on_lost may drop the owner's reference
  if (up_) counters_.add(WorkerEvent::kLinksLost);
  workers_logger().warn("worker lost worker={} shard={} sessions={} reason={}", up_ ? id() : "(no hello)",
                        config_.shard, sessions_.size(), reason);
  close();
  if (handlers.on_lost) handlers.on_lost(*this, reason);
}

void WorkerLink::take_channel_stats() {
  const ipc::ChannelStats& stats = channel_->stats();
  counters_.add(WorkerEvent::kMalformed, stats.malformed - counted_.malformed);
  counters_.add(WorkerEvent::kUnknownBody, stats.unknown_body - counted_.unknown_body);
  counters_.add(WorkerEvent::kAudioUpDropped, stats.audio_dropped - counted_.audio_dropped);
  counters_.add(WorkerEvent::kMcpUpDropped, stats.control_left_out - counted_.control_left_out);
  counted_ = stats;
}

}  // namespace earshot::gateway
