#include "gateway/live/shard/shard.h"

#include <thread>
#include <utility>
#include <vector>

#include "common/auth/device_language.h"
#include "common/base/random.h"
#include "common/base/startup_error.h"
#include "common/log/log.h"

namespace earshot::gateway {

namespace {

spdlog::logger& logger() {
  static spdlog::logger& instance = log::logger("shard");
  return instance;
}

// A round does so much for control messages, and at least one: then frames that are due leave, and workers
// and UDP have their turn. A frame may be 20 ms late (the device's buffer); a message costs 10 to 1,000 us.
constexpr Microseconds kControlRound{500};
// And so many handlers: what another thread posts as fast as it is run would keep io_.poll() from ending.
constexpr int kHandlersRound = 256;

SteadyTime steady_now() {
  return std::chrono::steady_clock::now();
}

}  // namespace

Shard::Shard(ShardConfig config, DeviceTransport& transport, ShardObserver* observer)
    : config_(std::move(config)),
      observer_(observer),
      mqtt_udp_(io_.get_executor(), config_.mqtt_udp, transport, session_counters_),
      table_(session_counters_, config_.session, memory_),
      workers_(io_.get_executor(), config_.placement, config_.links, worker_counters_),
      recitals_(
          {.open = [this](Ssrc ssrc, const ipc::SessionOpen& open,
                          SteadyTime now) { workers_.open_session(ssrc, open, now); },
           .send =
               [this](const ipc::Envelope& envelope) {
                 workers_.leg(Ssrc{envelope.session()}).send(envelope);
               },
           .close = [this](Ssrc ssrc, std::string_view reason) { workers_.close_session(ssrc, reason); }}),
      calls_(
          {.open = [this](Ssrc ssrc, const ipc::SessionOpen& open,
                          SteadyTime now) { workers_.open_session(ssrc, open, now); },
           .send =
               [this](const ipc::Envelope& envelope) {
                 workers_.leg(Ssrc{envelope.session()}).send(envelope);
               },
           .send_audio =
               [this](const ipc::Envelope& audio) { workers_.leg(Ssrc{audio.session()}).send_audio(audio); },
           .close = [this](Ssrc ssrc, std::string_view reason) { workers_.close_session(ssrc, reason); }}) {
  config_.links.write_in_rounds = true;
  // Whoever reaches a TCP port may pose as a worker; a Unix socket is ours alone, or of a group that its folder
  // was handed to (listener.h).
  config_.links.carries_secrets = config_.worker_endpoint.kind == ipc::Endpoint::Kind::kUnix;
  auto listener = ipc::Listener::open(io_.get_executor(), config_.worker_endpoint);
  if (!listener) throw StartupError(ExitCode::kBind, listener.error().message + " (workers.listen)");
  listener_ = std::move(listener).value();
  config_.worker_endpoint = listener_->endpoint();
  if (!config_.remote_endpoint) return;
  auto door = LinkDoor::open(io_.get_executor(), *config_.remote_endpoint, worker_counters_);
  if (!door) throw StartupError(ExitCode::kBind, door.error().message + " (workers.remote_listen)");
  link_door_ = std::move(door).value();
}

Shard::~Shard() {
  stop();
}

void Shard::start() {
  EARSHOT_CHECK(!thread_.joinable(), "a shard starts once");
  thread_ = std::thread([this] {
    begin();
    serve();
  });
}

void Shard::request_stop() {
  if (!thread_.joinable() || std::exchange(stop_requested_, true)) return;
  asio::post(io_, [this] { end(); });
}

void Shard::stop() {
  request_stop();
  if (thread_.joinable()) thread_.join();
}

// As long as the round has time for it, a message is handled when it comes: in order with what else is posted.
void Shard::accept(ControlQueue::Item item) {
  check_thread();
  if (ended_) return;
  control_.push(std::move(item));
  handle_waiting();
}

void Shard::handle_control(const auth::ClientId& from, std::string_view payload, SteadyTime received) {
  // Before it is parsed, which is what it costs.
  if (!budget_.message(from.device, payload.size(), received))
    return counters_.add(ShardEvent::kControlTooMuch);
  const ParsedControl control = parse_control_message(payload);
  if (may_talk(from, control, received)) handle_message(mqtt_line(from), control, payload, received);
}

void Shard::handle_facts(const DeviceId& device, DeviceFacts facts) {
  check_thread();
  // What was kept by the gateway before has an agent of its own, and the first facts tell nothing of a change.
  if (!facts.admitted || admission_.is_another(device, facts)) handle_forget_dialogue(device);
  admission_.put(device, std::move(facts));
  const auto talk = talks_.find(device);
  if (talk == talks_.end()) return;
  if (admission_.check(talk->second.line->client()) != AdmissionVerdict::kAdmitted) {
    handle_close_session(device, {}, "no longer admitted");
  }
}

void Shard::handle_forget(const DeviceId& device) {
  check_thread();
  admission_.forget(device);
  handle_forget_dialogue(device);
  handle_close_session(device, {}, "no longer admitted");
}

// The link to the broker keeps the order: the device has its goodbye before it is cut off.
void Shard::handle_throw_out(const auth::ClientId& client, std::string_view last_words) {
  check_thread();
  handle_forget_dialogue(client.device);
  const auto line = line_of(client);
  if (line == nullptr) return mqtt_udp_.throw_out(client.text, last_words);
  if (line->session() != nullptr) handle_close_session(client.device, {}, "no longer admitted");
  if (!last_words.empty()) (void)line->wire().send(last_words);
  line->wire().hang_up("no longer admitted");
}

void Shard::handle_close_session(const DeviceId& device, const SessionId& session, std::string_view reason) {
  check_thread();
  Session* const current = table_.find(device);
  if (current == nullptr || (!session.text.empty() && session != current->id())) return;
  current->close(reason, steady_now());
  settle(*current);
}

void Shard::handle_notebook(const DeviceId& device, const ipc::Notebook& notebook) {
  check_thread();
  if (Session* const session = table_.find(device)) session->tell_notebook(notebook);
}

// An answer that comes after its session's end is nobody's.
void Shard::handle_memory(const DeviceId& device, const SessionId& id, const ipc::MemoryDown& known) {
  check_thread();
  Session* const session = table_.find(device);
  if (session != nullptr && session->id() == id) session->tell_memory(known);
}

SayVerdict Shard::handle_say(const DeviceId& device, const std::string& id, const std::string& text) {
  check_thread();
  Session* const session = table_.find(device);
  return session == nullptr ? SayVerdict::kNoSession : session->say(id, text, steady_now());
}

void Shard::handle_recite(Recitals::Wanted wanted, Recitals::Done done) {
  check_thread();
  wanted.agent = admission_.agent_of(wanted.device);
  recitals_.begin(wanted, steady_now(), std::move(done));
}

bool Shard::handle_drain(std::string_view worker) {
  check_thread();
  return workers_.drain(worker);
}

void Shard::handle_agents(AgentParts parts) {
  check_thread();
  workers_.set_agents(std::move(parts));
}

// Sessions refer to it; a deadline that was armed by the old idle timeout is looked at by the new one.
void Shard::handle_session_config(const SessionConfig& config) {
  check_thread();
  config_.session = config;
}

void Shard::handle_link_keys(LinkKeysPtr keys) {
  check_thread();
  workers_.cut(*keys);
  if (link_door_) link_door_->set_keys(std::move(keys));
}

ShardStats Shard::stats() const {
  check_thread();
  ShardStats stats{
      .index = config_.index, .sessions = table_.size(), .workers = workers_.workers(), .counters = {}};
  stats.collect(session_counters_, mqtt_udp_.counters(), worker_counters_, counters_, tools_.counters);
  stats.counters.emplace_back("control_queue_full", proxy_.control_dropped());
  stats.counters.emplace_back("control_of_device_dropped", control_.dropped());
  return stats;
}

std::vector<SessionView> Shard::sessions() {
  check_thread();
  const SteadyTime now = steady_now();
  std::vector<SessionView> all;
  all.reserve(table_.size());
  table_.for_each([&](const Session& session) {
    all.push_back({.session = session.id(),
                   .device = session.device(),
                   .worker = talks_.at(session.device()).worker,
                   .speaking = session.speaking(),
                   .age = std::chrono::duration_cast<Milliseconds>(now - session.created())});
  });
  return all;
}

void Shard::begin() {
  workers_.start({.on_placed = [this](Ssrc ssrc, const std::string& worker,
                                      WorkerLeg leg) { on_placed(ssrc, worker, leg); },
                  .on_given_up =
                      [this](Ssrc ssrc) {
                        if (recitals_.has(ssrc)) return recitals_.given_up(ssrc);
                        if (calls_.has(ssrc)) return calls_.given_up(ssrc, steady_now());
                        Session& session = *table_.find(ssrc);
                        session.refused(steady_now());
                        settle(session);
                      },
                  .on_lost =
                      [this](Ssrc ssrc) {
                        if (recitals_.has(ssrc)) return recitals_.lost(ssrc);
                        if (calls_.has(ssrc)) return calls_.lost(ssrc, steady_now());
                        Session& session = *table_.find(ssrc);
                        session.worker_lost(steady_now());
                        find_next_worker(session, "its worker was lost");
                        settle(session);
                      },
                  .on_overflow =
                      [this](Ssrc ssrc) {
                        if (calls_.has(ssrc)) return calls_.overflown(ssrc, steady_now());
                        Session& session = *table_.find(ssrc);
                        session.close("more waits for its worker than a session may hold", steady_now());
                        settle(session);
                      },
                  .on_envelope =
                      [this](Ssrc ssrc, const ipc::Envelope& envelope) {
                        if (recitals_.has(ssrc)) return recitals_.envelope(envelope);
                        if (calls_.has(ssrc)) return calls_.envelope(envelope, steady_now());
                        Session& session = *table_.find(ssrc);
                        if (envelope.has_notebook() && observer_ != nullptr)
                          return observer_->notebook(session.device(), notebook_news(envelope.notebook()));
                        note_forgetting(session.device(), envelope.memory_up());
                        if (envelope.has_memory_up() && observer_ != nullptr)
                          return observer_->memory(session.device(), session.id(), envelope.memory_up());
                        session.envelope(envelope, steady_now());
                        if (envelope.has_session_checkpoint() && envelope.session_checkpoint().leaves() &&
                            workers_.may_move(ssrc) && session.hand_over(steady_now()))
                          find_next_worker(session, "its worker leaves");
                        if (envelope.has_mcp_down()) lines_.note_deadline(*talks_.at(session.device()).line);
                        settle(session);
                      },
                  .on_audio =
                      [this](const ipc::AudioDownView& audio) {
                        if (recitals_.has(Ssrc{audio.session})) return recitals_.audio(audio);
                        if (calls_.has(Ssrc{audio.session})) return calls_.audio(audio, steady_now());
                        Session& session = *table_.find(Ssrc{audio.session});
                        session.audio_down(audio, steady_now());
                        // A live frame only moves the idle end, and that to later: the tick finds out.
                        if (!audio.live || session.over()) settle(session);
                      },
                  .on_report = [this](const ipc::Envelope& envelope) { on_worker_report(envelope); },
                  .on_agents =
                      [this](const std::string& worker, const ipc::AgentsAccepted& accepted) {
                        if (observer_) observer_->agents_taken(agents_news(worker, accepted));
                      }});
  listener_->start([this](ipc::Channel::Socket socket) { workers_.add_link(std::move(socket)); });
  if (link_door_) {
    link_door_->start(
        {.on_link = [this](ipc::Connection connection) { workers_.add_link(std::move(connection)); },
         .on_join = on_join_});
  }
  take_up_all();
  mqtt_udp_.start();
  logger().info("shard up shard={} udp={}:{} workers={}", config_.index, config_.mqtt_udp.listen, udp_port(),
                worker_endpoint().text());
}

void Shard::on_worker_report(const ipc::Envelope& envelope) {
  if (envelope.session() <= kLastRecitalSsrc) return recitals_.spoken(envelope);  // it is no conversation
  if (envelope.session() <= kLastDevicelessSsrc) return;
  if (envelope.has_say_spoken()) {
    if (Session* const session = table_.find(Ssrc{envelope.session()}))
      session->said(envelope.say_spoken().id());
  }
  if (observer_ == nullptr) return;
  if (envelope.has_turn_report()) observer_->turn_ended(turn_news(envelope.turn_report()));
  if (envelope.has_say_spoken()) observer_->say_ended(say_news(envelope.say_spoken()));
  if (envelope.has_memory_up()) {
    const auto* session = departed_.find(Ssrc{envelope.session()}, steady_now());
    if (session == nullptr) return;
    note_forgetting(session->device, envelope.memory_up());
    observer_->memory(session->device, session->id, envelope.memory_up());
  }
}

// A round is: what the sockets hold, a measure of control, what is due, and one write for each worker and the
// UDP socket. None of it is without bound, so no device keeps the others' frames waiting. A busy shard sleeps
// between rounds instead of waiting for its sockets: that saves the wake-ups, its own and those that a peer
// pays for (round_pacer.h).
void Shard::serve() {
  std::optional<SteadyTime> next;
  for (;;) {
    control_spent_ = {};
    if (next) {
      std::this_thread::sleep_until(*next);
    } else if (control_.empty()) {
      arm_timer();
      if (io_.run_one() == 0) return;
    }
    for (int i = 0; i < kHandlersRound && io_.poll_one() > 0; ++i) continue;
    handle_waiting();
    finish_round();
    if (io_.stopped()) return;
    const std::uint64_t frames = session_counters_.value(SessionEvent::kUplinkFrame) +
                                 session_counters_.value(SessionEvent::kDownlinkFrame);
    next = pacer_.after_round(frames - std::exchange(frames_paced_, frames), steady_now());
  }
}

void Shard::handle_waiting() {
  while (control_spent_ < kControlRound) {
    const SteadyTime began = steady_now();
    const auto item = control_.pop();
    if (!item) return;
    if (item->online) {
      handle_presence(item->from, *item->online);
    } else {
      handle_control(item->from, item->payload, item->received);
    }
    control_spent_ += steady_now() - began;
  }
}

void Shard::finish_round() {
  const SteadyTime now = steady_now();
  while (WheelTimer* timer = wheel_.pop_due(now)) {
    Session& session = *table_.find(timer->session());
    session.tick(now);
    settle(session);
  }
  while (DeviceLine* due = lines_.pop_due(now)) {
    const auto line = lines_.find(due->client());
    line->tick(now);
    settle_line(*line);
  }
  early_orders_.tick(now);
  for (const DeviceId& device : earlier_.expire(config_.session.resume_within, now)) note_change(device);
  keep_round(now);
  recitals_.tick(now);
  calls_.tick(now);
  mqtt_udp_.flush();
  workers_.flush();
}

void Shard::end() {
  std::vector<Ssrc> open;
  table_.for_each([&open](const Session& session) { open.push_back(session.ssrc()); });
  for (const Ssrc ssrc : open) {
    Session& session = *table_.find(ssrc);
    note_change(session.device());
    if (leaves_sessions_ && mqtt_udp_.leg_of(ssrc) != nullptr) continue;
    session.close("shutdown", steady_now());
    settle(session);
  }
  leave_all(open);
  recitals_.stop();
  calls_.stop("shutdown");
  control_ = {};
  ended_ = true;  // a hello behind this finds workers that have left
  listener_->close();
  if (link_door_) link_door_->close();
  workers_.close();
  mqtt_udp_.close();
  lines_.clear();
  timer_.cancel();
  work_.reset();
}

bool Shard::may_talk(const auth::ClientId& from, const ParsedControl& control, SteadyTime now) {
  return affords_hello(from, control, now) && admit(from, control);
}

bool Shard::affords_hello(const auth::ClientId& from, const ParsedControl& control, SteadyTime now) {
  const bool hello =
      control.verdict == ControlVerdict::kGood && std::holds_alternative<DeviceHello>(control.message);
  if (!hello || budget_.hello(from.device, now)) return true;
  counters_.add(ShardEvent::kHelloTooOften);
  return false;
}

bool Shard::admit(const auth::ClientId& from, const ParsedControl& control) {
  const AdmissionVerdict verdict = admission_.check(from);
  if (verdict == AdmissionVerdict::kAdmitted) return true;
  counters_.add(event_of(verdict));
  const bool hello =
      control.verdict == ControlVerdict::kGood && std::holds_alternative<DeviceHello>(control.message);
  if (hello && observer_ != nullptr) observer_->device_refused(from, verdict);
  return false;
}

void Shard::open_session(const LineTable::Line& line, const DeviceHello& hello, SteadyTime now) {
  const auth::ClientId& from = line->client();
  if (observer_) {
    observer_->device_hello(from.device, {.mcp = hello.mcp, .speak_request = hello.speak_request});
  }
  Session* older = table_.find(from.device);
  const auto replaced = older == nullptr ? std::nullopt : std::optional(older->ssrc());
  if (older != nullptr) forget_session(*older, "new hello");
  SessionIdentity identity = table_.identify(
      from.device, {.language = auth::language_of(from), .agent = admission_.agent_of(from.device)});
  auto leg = line->wire().make_leg(identity, hello, now);
  Session* session = table_.open(std::move(identity), hello, std::move(leg), now);
  if (replaced) workers_.close_session(*replaced, "new hello");
  if (session == nullptr) return;
  line->wire().carries(*session);
  line->carry(*session, hello);
  // The session that it replaced may have been all that kept the line.
  if (lines_.find(from) == nullptr) lines_.put(line);
  const bool is_logged = budget_.log_line(from.device, now);
  if (!is_logged) counters_.add(ShardEvent::kLineLeftOut);
  resume_dialogue(*session, now);
  talks_[from.device] = {.line = line, .worker = {}, .is_logged = is_logged};
  workers_.open_session(session->ssrc(), session->open_request().session_open(), now);
  settle(*session);
}

void Shard::check_thread() const {
  EARSHOT_CHECK(work_.get_executor().running_in_this_thread(), "a shard's method on a foreign thread");
}

void Shard::settle(Session& session) {
  const Ssrc ssrc = session.ssrc();
  if (session.take_changed()) note_change(session.device());
  if (!session.over()) {
    return wheel_.set(session.timer(), session.next_deadline());
  }
  forget_session(session, session.end_reason());
  workers_.close_session(ssrc, session.end_reason());
  table_.erase(ssrc);
}

void Shard::find_next_worker(Session& session, std::string_view why) {
  const Ssrc ssrc = session.ssrc();
  if (session.over()) return;
  if (!session.wants_worker()) return workers_.close_session(ssrc, why);
  const Talk& talk = talks_.at(session.device());
  if (talk.is_logged) {
    logger().info("session moves session={} device={} from={} why=\"{}\"", session.id().text,
                  session.device().text(), talk.worker, why);
  }
  workers_.move_session(ssrc, session.open_request().session_open(), why, steady_now());
  lines_.note_deadline(*talk.line);
}

void Shard::forget_session(Session& session, std::string_view reason) {
  const auto talk = talks_.find(session.device());
  if (talk == talks_.end() || talk->second.is_logged) {
    logger().info("session closed session={} device={} reason={}", session.id().text, session.device().text(),
                  reason);
  }
  const bool told = talk != talks_.end() && !talk->second.worker.empty();
  departed_.note(session.ssrc(), session.device(), session.id(), steady_now());
  keep_dialogue(session, steady_now());
  if (told && observer_) observer_->session_closed(session.device(), session.id(), reason);
  if (talk == talks_.end()) return;
  const LineTable::Line line = std::move(talk->second.line);
  talks_.erase(talk);
  line->part(steady_now());
  settle_line(*line);
}

void Shard::arm_timer() {
  if (ended_) return;
  auto turn = wheel_.next_turn();
  for (const auto next :
       {recitals_.next_deadline(), calls_.next_deadline(), lines_.next_deadline(),
        early_orders_.next_deadline(), earlier_.next_deadline(config_.session.resume_within), next_keep()}) {
    if (next) turn = turn ? std::min(*turn, *next) : next;
  }
  if (!turn || (armed_for_ && *armed_for_ <= *turn)) return;  // it wakes early enough, and arms anew then
  armed_for_ = turn;
  timer_.expires_at(*turn);
  timer_.async_wait([this](error_code stopped) {
    if (!stopped) armed_for_.reset();  // the round that this begins does what is due
  });
}

}  // namespace earshot::gateway
