#include "tests/simulation/gateway.h"

#include <utility>

#include "common/ipc/audio_record.h"
#include "gateway/doors/mqtt_udp/audio_packet.h"
#include "gateway/xiaozhi/down_message.h"

namespace earshot::simulation {

using gateway::ControlRoute;
using gateway::Session;

namespace {

constexpr gateway::UdpAddress kDeviceAddress{0xC0000201, 4000};

auth::ClientId simulated_client() {
  return *auth::parse_client_id("GID_sim@@@02_00_00_00_00_01@@@36c98363-3656-43cb-a00f-8bced2391a90");
}

}  // namespace

class Gateway::Wire final : public gateway::LineWire {
 public:
  explicit Wire(Gateway& gateway) : gateway_(gateway) {}
  const auth::ClientId& client() const override { return client_; }
  Status send(std::string_view json) override {
    gateway_.handlers_.send_control(std::string(json));
    return kDone;
  }
  std::unique_ptr<gateway::DeviceLeg> make_leg(const gateway::SessionIdentity& identity,
                                               const gateway::DeviceHello& hello, SteadyTime now) override {
    auto leg = std::make_unique<gateway::MqttUdpLeg>(
        gateway_, gateway_.counters_, gateway_.scratch_, gateway_.announcement_, identity, client_.text,
        gateway::AudioKey::random(), hello, gateway_.config_.playout.frame_duration, now);
    gateway_.leg_ = leg.get();
    return leg;
  }
  void carries(Session&) override {}
  void hang_up(std::string_view) override {}

 private:
  Gateway& gateway_;
  auth::ClientId client_ = simulated_client();
};

Gateway::Gateway(Timeline& timeline, Handlers handlers)
    : timeline_(timeline),
      handlers_(std::move(handlers)),
      wire_(std::make_shared<Wire>(*this)),
      line_(wire_, tools_, 7) {
  line_.presence(true, timeline_.now());
}

Gateway::~Gateway() = default;

void Gateway::send_control(std::string_view, std::string_view json) {
  handlers_.send_control(std::string(json));
}

void Gateway::send_datagram(gateway::UdpAddress, ByteView datagram) {
  handlers_.send_datagram(Bytes(datagram.begin(), datagram.end()));
}

// The newest one is made before the one that it replaces goes.
void Gateway::leg_gone(Ssrc) {}

void Gateway::control(const std::string& json) {
  const auto parsed = gateway::parse_control_message(json);
  if (parsed.verdict == gateway::ControlVerdict::kGood && !line_.told(parsed.message, timeline_.now())) {
    Session* current = table_.find(line_.client().device);
    switch (route_control(parsed, current)) {
      case ControlRoute::kNewSession:
        open_session(std::get<gateway::DeviceHello>(parsed.message));
        break;
      case ControlRoute::kToSession:
        current->told(parsed.message, timeline_.now());
        if (std::holds_alternative<gateway::DeviceListen>(parsed.message)) line_.listens(timeline_.now());
        settle(current);
        break;
      case ControlRoute::kGoodbyeUnknown:
        (void)wire_->send(gateway::goodbye_message(SessionId{parsed.session_id}));
        break;
      case ControlRoute::kIgnore:
        break;
    }
  }
  arm();
}

void Gateway::worker_lost() {
  has_worker_ = false;
  Session* session = table_.find(line_.client().device);
  if (session == nullptr) return;
  session->worker_lost(timeline_.now());
  if (!session->over() && session->wants_worker()) ask_next_worker(*session);
  settle(session);
  arm();
}

void Gateway::worker_there() {
  has_worker_ = true;
  if (!std::exchange(asks_, false)) return;
  if (Session* session = table_.find(line_.client().device)) ask_next_worker(*session);
}

void Gateway::ask_next_worker(Session& session) {
  if (has_worker_) {
    handlers_.send_worker(session.open_request());
  } else {
    asks_ = true;
  }
}

void Gateway::presence(bool online) {
  line_.presence(online, timeline_.now());
  if (Session* session = line_.session()) {
    session->presence(online, timeline_.now());
    settle(session);
  }
  arm();
}

void Gateway::open_session(const gateway::DeviceHello& hello) {
  const SteadyTime now = timeline_.now();
  Session* older = table_.find(line_.client().device);
  const auto replaced = older == nullptr ? std::nullopt : std::optional(older->ssrc());
  if (older != nullptr) line_.part(timeline_.now());
  auto identity = table_.identify(line_.client().device, {.language = "en-US"});
  auto leg = wire_->make_leg(identity, hello, now);
  Session* session = table_.open(std::move(identity), hello, std::move(leg), now);
  if (replaced) {
    ipc::Envelope close;
    close.set_session(number(*replaced));
    close.mutable_session_close()->set_reason("new hello");
    handlers_.send_worker(close);
  }
  if (session == nullptr) return;
  line_.carry(*session, hello);
  ask_next_worker(*session);
  settle(session);
}

void Gateway::datagram(ByteView datagram) {
  const auto parsed = gateway::parse_audio_packet(datagram);
  Session* session = table_.find(line_.client().device);
  const bool ours = parsed.verdict == gateway::AudioPacketVerdict::kGood && session != nullptr &&
                    parsed.packet.header.ssrc == session->ssrc();
  if (!ours) return;
  leg_->datagram(*session, parsed.packet, kDeviceAddress, timeline_.now());
  settle(session);
  arm();
}

void Gateway::envelope(const Bytes& record) {
  if (const auto audio = ipc::read_audio_down(record)) {
    Session* session = table_.find(Ssrc{audio->session});
    if (session == nullptr) return;
    session->audio_down(*audio, timeline_.now());
    settle(session);
    return arm();
  }
  ipc::Envelope envelope;
  if (!envelope.ParseFromArray(record.data(), static_cast<int>(record.size()))) return;
  Session* session = table_.find(Ssrc{envelope.session()});
  if (session == nullptr || envelope.has_turn_report() || envelope.has_say_spoken()) return;
  if (envelope.has_session_opened()) {
    session->opened(gateway::WorkerLeg(*this, true), timeline_.now());
  } else if (envelope.has_session_refused()) {
    session->refused(timeline_.now());
  } else {
    session->envelope(envelope, timeline_.now());
    const bool leaves = envelope.has_session_checkpoint() && envelope.session_checkpoint().leaves();
    if (leaves && session->hand_over(timeline_.now())) {
      ipc::Envelope close;
      close.set_session(envelope.session());
      close.mutable_session_close()->set_moved(true);
      handlers_.send_worker(close);
      ask_next_worker(*session);
    }
  }
  settle(session);
  arm();
}

void Gateway::settle(Session* session) {
  if (!session->over()) return;
  ipc::Envelope close;
  close.set_session(number(session->ssrc()));
  close.mutable_session_close()->set_reason(std::string(session->end_reason()));
  line_.part(timeline_.now());
  handlers_.send_worker(close);
  table_.erase(session->ssrc());
}

void Gateway::arm() {
  std::optional<SteadyTime> next = line_.next_deadline();
  if (Session* session = table_.find(line_.client().device)) {
    const auto due = session->next_deadline();
    if (due) next = next ? std::min(*next, *due) : due;
  }
  if (!next || (armed_for_ && *armed_for_ <= *next)) return;
  armed_for_ = next;
  timeline_.at(*next, [this, due = *next] {
    if (armed_for_ != due) return;
    armed_for_.reset();
    line_.tick(timeline_.now());
    if (Session* session = table_.find(line_.client().device)) {
      session->tick(timeline_.now());
      settle(session);
    }
    arm();
  });
}

}  // namespace earshot::simulation
