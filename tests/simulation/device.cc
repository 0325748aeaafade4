#include "tests/simulation/device.h"

#include <utility>

#include "tests/simulation/tones.h"

namespace earshot::simulation {

using simulator::Action;
using simulator::State;
using simulator::Violations;

namespace {

constexpr Milliseconds kFrame{kFrameMs};
constexpr int kRateHz = 24000;
constexpr std::size_t kMaxMessageBytes = 1024 * 1024;
constexpr auto kHelloWait = std::chrono::seconds(10);  // protocol_device.md 3.3

std::vector<simulator::Tool> usual_tools(simulator::DeviceStatus& status) {
  return simulator::make_tools({"status", "volume"}, status).value();
}

}  // namespace

Device::Device(Timeline& timeline, simulator::Mode mode, Milliseconds tool_delay, Handlers handlers)
    : timeline_(timeline),
      tool_delay_(tool_delay),
      handlers_(std::move(handlers)),
      state_(mode),
      protocol_(mode),
      mcp_(usual_tools(status_), "simulation", "2.4.2"),
      decoder_(std::move(OpusDecoder::create(kRateHz, kFrameMs).value())),
      queue_(kFrame) {}

bool Device::control_left(const std::string& text) {
  Violations broken;
  const auto message = protocol_.received(text, timeline_.now(), broken);
  report(broken);
  if (!message) return false;
  const bool speech =
      json::find_string(*message, "type") == "tts" && json::find_string(*message, "state") == "start";
  if (speech && rules_) rules_->speech_started(timeline_.now());
  // The firmware reads its keys behind the network's delay; the wire is checked with them from here on.
  if (json::find_string(*message, "type") == "hello") {
    if (const auto hello = simulator::read_server_hello(*message, hello_)) {
      hello_ = *hello;
      rules_.emplace(Milliseconds(hello->frame_duration_ms));
    }
  }
  return true;
}

void Device::datagram_left(ByteView datagram) {
  if (!rules_) return handlers_.broken("a datagram before the hello");
  if (!state_.has_channel() && !awaits_hello_) return;  // to the old port
  Violations broken;
  if (rules_->received(datagram, true, timeline_.now(), broken))
    protocol_.audio_received(timeline_.now(), broken);
  report(broken);
}

void Device::control_got_there(const std::string& text) {
  if (const auto message = json::parse_object(text, kMaxMessageBytes))
    protocol_.sent(*message, timeline_.now());
}

void Device::control_arrives(const std::string& text) {
  const auto message = json::parse_object(text, kMaxMessageBytes);
  if (!message) return;
  state_.heard(timeline_.now());
  handle(*message);
}

void Device::handle(const json::object& message) {
  const auto type = json::find_string(message, "type").value_or("");
  if (type == "hello") return handle_hello(message);
  if (type == "mcp") return handle_mcp(message);
  if (type == "tts") return handle_tts(message);
  if (type == "goodbye" && json::find_string(message, "session_id") == hello_.session_id &&
      state_.has_channel())
    step([this] { return state_.server_goodbye(); });
}

void Device::handle_hello(const json::object& message) {
  const auto hello = simulator::read_server_hello(message, hello_);
  if (!hello || !std::exchange(awaits_hello_, false)) return;
  hello_ = *hello;
  receiver_.emplace(hello->key);
  cipher_.emplace(hello->key);
  sequence_ = 0;
  step([this] { return state_.server_hello(timeline_.now()); });
}

void Device::handle_tts(const json::object& message) {
  const auto state = json::find_string(message, "state").value_or("");
  if (state == "start") {
    step([this] { return state_.tts_start(); });
  } else if (state == "stop") {
    step([this] { return state_.tts_stop(); });
  } else if (const auto text = json::find_string(message, "text"); state == "sentence_start" && text) {
    handlers_.sentence(std::string(*text));
  }
}

void Device::handle_mcp(const json::object& message) {
  const json::object* payload = json::find_object(message, "payload");
  if (payload == nullptr) return;
  Violations broken;
  simulator::McpDevice::Request request = mcp_.receive(*payload, broken);
  report(broken);
  const auto answer = [this](const std::string& reply) { send(R"("type":"mcp","payload":)" + reply); };
  if (request.reply) answer(*request.reply);
  if (!request.run) return;
  timeline_.after(tool_delay_, [this, run = std::move(*request.run), answer] {
    const auto outcome = mcp_.run(run);
    handlers_.called(run.tool->name, status_.volume);
    if (outcome.reply) answer(*outcome.reply);
  });
}

void Device::datagram_arrives(ByteView datagram) {
  if (!receiver_ || !state_.has_channel()) return;
  auto packet = receiver_->receive(datagram);
  if (packet.verdict != simulator::UdpVerdict::kAccepted) return;
  state_.heard(timeline_.now());
  if (state_.state() != State::kSpeaking) return;  // thrown away
  (void)queue_.push({.opus = std::move(packet.opus), .sequence = packet.sequence}, timeline_.now());
  play_due();
}

void Device::play_due() {
  for (const auto& played : queue_.advance(timeline_.now())) {
    ToneMeter meter;
    const auto pcm = decoder_.decode(played.frame.opus);
    if (pcm) meter.hear(pcm->samples, kRateHz);
    if (const auto tone = meter.tone()) handlers_.played(*tone);
  }
  if (!queue_.drained(timeline_.now()) && !std::exchange(play_armed_, true)) {
    timeline_.at(std::max(queue_.next_change(), timeline_.now() + Microseconds(1)), [this] {
      play_armed_ = false;
      play_due();
    });
  }
  check_drained();
}

void Device::check_drained() {
  (void)queue_.advance(timeline_.now());
  if (state_.state() == State::kSpeaking || !queue_.drained(timeline_.now())) return;
  if (state_.wants_drained()) step([this] { return state_.playback_drained(); });
}

void Device::press_button() {
  step([this] { return state_.press_button(timeline_.now()); });
}
void Device::press_talk() {
  step([this] { return state_.press_talk(timeline_.now()); });
}
void Device::release_talk() {
  step([this] { return state_.release_talk(); });
}
void Device::hang_up() {
  step([this] { return state_.shut_down(); });
}

void Device::lose_power() {
  state_ = simulator::DeviceState(state_.mode());
  protocol_ = simulator::ProtocolRules(state_.mode());
  awaits_hello_ = false;
  microphone_on_ = false;
  ++recording_;
  speech_.clear();
  (void)queue_.flush(timeline_.now());
  receiver_.reset();
}

void Device::say(int tone, Milliseconds length, Milliseconds pause_within) {
  const int frames = static_cast<int>(length / kFrame);
  const int pause = static_cast<int>(pause_within / kFrame);
  for (int i = 0; i < frames; ++i) {
    if (i == frames / 2) speech_.insert(speech_.end(), static_cast<std::size_t>(pause), SpokenFrame{});
    speech_.push_back({.tone = tone, .index = i, .last = i + 1 == frames});
  }
}

void Device::tick() {
  Violations broken;
  protocol_.tick(timeline_.now(), broken);
  report(broken);
}

template <class Event>
void Device::step(Event event) {
  for (const Action action : event()) execute(action);
  check_drained();
}

void Device::execute(Action action) {
  switch (action) {
    case Action::kSendHello:
      awaits_hello_ = true;
      handlers_.send_control(
          R"({"type":"hello","version":3,"transport":"udp","features":{"mcp":true,"glyph_push":false},)"
          R"("audio_params":{"format":"opus","sample_rate":16000,"channels":1,"frame_duration":60}})");
      timeline_.after(kHelloWait, [this, hello = ++hellos_] {
        if (awaits_hello_ && hello == hellos_) {
          awaits_hello_ = false;
          step([this] { return state_.hello_failed(); });
        }
      });
      return;
    case Action::kSendListenStart:
      return send(R"("type":"listen","state":"start","mode":")" + std::string(name(state_.mode())) + "\"");
    case Action::kSendListenStop:
      return send(R"("type":"listen","state":"stop")");
    case Action::kSendAbort:
      return send(R"("type":"abort")");
    case Action::kSendGoodbye:
      return send(R"("type":"goodbye")");
    case Action::kMicrophoneOn:
      microphone_on_ = true;
      timeline_.after(kFrame, [this, generation = ++recording_] { record(generation); });
      return handlers_.listening();
    case Action::kMicrophoneOff:
      microphone_on_ = false;
      ++recording_;
      return speech_.clear();
    case Action::kFlushPlayback:
      (void)queue_.flush(timeline_.now());
      return decoder_.reset();
    default:
      return;  // no wake words and no speak requests in these worlds
  }
}

void Device::record(std::uint64_t generation) {
  if (generation != recording_) return;
  SpokenFrame frame;
  if (!speech_.empty()) {
    frame = speech_.front();
    speech_.pop_front();
  }
  send_audio(frame.tone == 0 ? silence_packet() : tone_packet(frame.tone, frame.index));
  if (frame.last) {
    protocol_.user_spoke();
    handlers_.asked(frame.tone);
  }
  timeline_.after(kFrame, [this, generation] { record(generation); });
}

void Device::send(const std::string& type_and_rest) {
  handlers_.send_control(R"({"session_id":")" + hello_.session_id + "\"," + type_and_rest + "}");
}

void Device::send_audio(ByteView opus) {
  if (!state_.has_channel() || !cipher_) return;
  const auto header = simulator::uplink_header(hello_.nonce, opus.size(), 0, ++sequence_);
  if (rules_) rules_->sent(header, opus.size());
  handlers_.send_datagram(simulator::seal(*cipher_, header, opus));
}

void Device::report(const Violations& broken) {
  for (const auto& violation : broken)
    handlers_.broken(std::string(simulator::name(violation.rule)) + " " + violation.detail);
}

}  // namespace earshot::simulation
