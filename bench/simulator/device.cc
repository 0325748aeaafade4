#include "bench/simulator/device.h"

#include <chrono>
#include <utility>

#include "bench/simulator/mqtt_udp_transport.h"

namespace earshot::simulator {

namespace {
constexpr auto kServerHelloWait = std::chrono::seconds(10);  // device-protocol 3.3
constexpr Milliseconds kTick{200};
constexpr std::size_t kMaxControlBytes = 1024 * 1024;
constexpr Milliseconds kSpeechWait{10'000};  // from speak_ready to tts start

}  // namespace

Result<std::unique_ptr<Device>> Device::create(asio::io_context& io, const DeviceSettings& settings,
                                               DeviceObserver& observer) {
  std::unique_ptr<Device> device(new Device(io, settings, observer));
  const Firmware& firmware = settings.firmware;
  auto tools = make_tools(settings.tools, device->status_);
  if (!tools) return tools.error();
  if (firmware.mcp)
    device->mcp_.emplace(std::move(*tools), "earshot-sim", firmware.version, firmware.mcp_error_codes);
  if (firmware.iot) device->iot_.emplace(device->status_);
  Device* self = device.get();
  auto microphone = Microphone::create(device->agenda_, MicrophoneTape(settings.noise_snr_db, settings.seed),
                                       firmware.frame_duration,
                                       {.frame =
                                            [self](Bytes opus) {
                                              self->send_queue_.push(std::move(opus));
                                              self->main_loop_.post([self] { self->drain_send_queue(); });
                                            },
                                        .speech_ended =
                                            [self] {
                                              self->rules_->user_spoke();
                                              self->observer_.on_speech_ended();
                                            }});
  if (!microphone) return microphone.error();
  device->microphone_ = std::move(*microphone);
  return device;
}

Device::Device(asio::io_context& io, const DeviceSettings& settings, DeviceObserver& observer)
    : io_(io), settings_(settings), observer_(observer), agenda_(io), state_(settings.mode) {}

Status Device::connect(const OtaAnswer::Mqtt& mqtt) {
  return connect(std::make_unique<MqttUdpTransport>(io_, agenda_, mqtt, settings_.firmware, settings_.faults,
                                                    transport_handlers()));
}

Status Device::connect(const WebSocketLogin& websocket) {
  return connect(std::make_unique<WebSocketTransport>(io_, agenda_, websocket, settings_.firmware,
                                                      transport_handlers()));
}

Status Device::connect(std::unique_ptr<Transport> transport) {
  transport_ = std::move(transport);
  rules_.emplace(settings_.mode, transport_->kind());
  tick();
  return transport_->start();
}

Transport::Handlers Device::transport_handlers() {
  return {.ready = [this] { observer_.on_connected(); },
          .failed =
              [this](const std::string& why) {
                if (std::exchange(awaiting_hello_, false)) {
                  step([this] { return state_.hello_failed(); });
                  main_loop_.unblock();
                }
                observer_.on_connection_failed(why);
              },
          .message = [this](const std::string& text, SteadyTime arrival) { control_arrived(text, arrival); },
          .wire =
              [this](SteadyTime arrival, Violations broken) {
                observer_.on_audio(arrival);
                if (broken.empty()) rules_->audio_received(arrival, broken);
                report(broken);
              },
          .audio = [this](PlaybackQueue::Frame packet) { packet_arrived(std::move(packet)); },
          .ended = [this] { channel_ended(); },
          .reconnected = [this] { rules_->control_came_back(); }};
}

void Device::disconnect() {
  microphone_->off();
  if (player_) player_->stop();
  notice_.reset();
  if (transport_) transport_->stop();
}

void Device::press_button() {
  main_loop_.post([this] { step([this] { return state_.press_button(agenda_.now()); }); });
}

void Device::press_talk() {
  main_loop_.post([this] {
    interrupted_ = interrupted_ || state_.state() == State::kSpeaking;
    step([this] { return state_.press_talk(agenda_.now()); });
  });
}

void Device::release_talk() {
  main_loop_.post([this] { step([this] { return state_.release_talk(); }); });
}

void Device::say_wake_word(const std::string& text, const Pcm& speech) {
  wake_word_ = text;
  wake_word_speech_ = speech;
  main_loop_.post([this] {
    interrupted_ = interrupted_ || state_.state() == State::kSpeaking;
    step([this] { return state_.hear_wake_word(agenda_.now()); });
  });
}

void Device::say(const Pcm& speech) {
  microphone_->say(speech);
}

void Device::type(const std::string& text) {
  publish(json::serialize(
      json::object{{"session_id", session_id_}, {"type", "listen"}, {"state", "detect"}, {"text", text}}));
}

void Device::hang_up() {
  main_loop_.post([this] { step([this] { return state_.shut_down(); }); });
}

bool Device::playing() const {
  return player_ && !player_->drained();
}

LinkCounts Device::link_counts() const {
  LinkCounts counts;
  counts.frames_up_dropped = send_queue_.dropped();
  if (transport_) transport_->add_to(counts);
  return counts;
}

void Device::control_arrived(const std::string& text, SteadyTime arrival) {
  Violations broken;
  const auto message = rules_->received(text, arrival, broken);
  if (message) {
    observer_.on_control(Direction::kDown, *message);
    const bool speech =
        json::find_string(*message, "type") == "tts" && json::find_string(*message, "state") == "start";
    if (speech) transport_->speech_started(arrival);
  }
  report(broken);
  if (!message) return;
  agenda_.at(arrival + settings_.control_delay, [this, message = *message] { handle_control(message); });
}

// The network task: hello, goodbye, alert and MCP parsing run here, the rest is scheduled (6.2).
void Device::handle_control(const json::object& message) {
  state_.heard(agenda_.now());
  const auto type = json::find_string(message, "type").value_or("");
  if (type == "hello") return handle_hello(message);
  if (type == "mcp") return handle_mcp(message);
  if (type == "alert") {
    const auto status = json::find_string(message, "status");
    const auto text = json::find_string(message, "message");
    if (status && text && json::find_string(message, "emotion"))
      observer_.on_alert(std::string(*status) + ": " + std::string(*text));
    return;
  }
  main_loop_.post([this, message, type = std::string(type)] {
    if (type == "goodbye") return handle_goodbye(message);
    if (type == "speak_request") {
      if (!settings_.firmware.speak_request) return observer_.on_violation({Rule::kSpeakRequestUnasked, ""});
      speak_request_id_ = json::find_string(message, "session_id").value_or("");
      return step([this] { return state_.speak_requested(agenda_.now()); });
    }
    if (type == "tts") return handle_tts(message);
    if (type == "iot") return handle_iot(message);
    if (type == "notify") return handle_notify(message);
    if (type == "stt") {
      if (const auto text = json::find_string(message, "text")) observer_.on_heard(std::string(*text));
    } else if (type == "llm") {
      if (const auto emotion = json::find_string(message, "emotion"))
        observer_.on_emotion(std::string(*emotion));
    } else if (type == "system" && json::find_string(message, "command") == "reboot") {
      reboot();
    }
  });
}

void Device::handle_hello(const json::object& message) {
  const auto hello = read_server_hello(message, hello_, transport_->kind());
  if (!hello || !awaiting_hello_) return;  // a spontaneous one has ended the run already
  awaiting_hello_ = false;
  hello_ = *hello;
  const bool named =
      transport_->kind() == TransportKind::kMqttUdp || settings_.firmware.names_session_over_websocket;
  session_id_ = named ? hello->session_id : std::string();
  if (const Status opened = open_audio(*hello); opened) {
    observer_.on_session(*hello);
    if (iot_) {
      for (json::object& told : iot_->introduction()) publish_named(std::move(told));
    }
    step([this] { return state_.server_hello(agenda_.now()); });
  } else {
    step([this] { return state_.hello_failed(); });
    observer_.on_connection_failed(opened.error().message);
  }
  main_loop_.unblock();
}

void Device::handle_goodbye(const json::object& message) {
  if (transport_->kind() == TransportKind::kWebSocket) return;  // unknown there
  if (json::find_string(message, "session_id") != session_id_ || !state_.has_channel()) return;
  if (settings_.firmware.answers_goodbye) execute(Action::kSendGoodbye);
  step([this] { return state_.server_goodbye(); });
  observer_.on_session_ended();
}

// A WebSocket that the server has closed: Idle, from any state.
void Device::channel_ended() {
  rules_->closed(agenda_.now());
  if (std::exchange(awaiting_hello_, false)) {
    step([this] { return state_.hello_failed(); });
    main_loop_.unblock();
    return observer_.on_connection_failed("the server closed the WebSocket instead of a hello");
  }
  if (!state_.has_channel()) return;
  step([this] { return state_.server_goodbye(); });
  observer_.on_session_ended();
}

void Device::handle_iot(const json::object& message) {
  const json::array* commands = json::find_array(message, "commands");
  if (!iot_ || commands == nullptr) return;  // newer firmware knows no such type
  for (const json::value& command : *commands) {
    if (command.is_object()) observer_.on_tool(iot_->run(command.get_object()));
  }
  publish_named(iot_->states());
}

// Newer firmware obeys it in Idle only and answers nothing; older ones do not know it.
void Device::handle_notify(const json::object& message) {
  if (!settings_.firmware.notify || state_.state() != State::kIdle) return;
  auto notice = NoticePlayer::create(
      io_, agenda_, settings_.firmware.decode_queue_packets, message,
      {.sentence = [this](const std::string& text) { observer_.on_sentence(text); },
       .played = [this](const Pcm& pcm, SteadyTime at, bool gap) { observer_.on_played(pcm, at, gap); },
       .broken = [this](const Violation& violation) { observer_.on_violation(violation); },
       .over =
           [this] {
             step([this] { return state_.notice_over(); });
             observer_.on_answer_ended();
             observer_.on_answer_over();
           }});
  if (!notice) return;
  notice_ = std::move(notice);
  step([this] { return state_.notified(); });
  observer_.on_answer_began();
}

void Device::handle_mcp(const json::object& message) {
  const json::object* payload = json::find_object(message, "payload");
  if (!payload) return;
  if (!mcp_) return observer_.on_violation({Rule::kMcpUnasked, ""});
  Violations broken;
  McpDevice::Request request = mcp_->receive(*payload, broken);
  const json::object* params = json::find_object(*payload, "params");
  const json::value arguments =
      params && params->contains("arguments") ? params->at("arguments") : json::value{};
  if (request.is_call && !request.run) {
    observer_.on_tool({.name = request.tool_name,
                       .arguments = arguments,
                       .result = request.reply.value_or(""),
                       .failed = true});
  }
  report(broken);
  // Answers too are sent by the main loop.
  if (request.reply) main_loop_.post([this, reply = *request.reply] { publish_mcp(reply); });
  if (!request.run) return;
  main_loop_.post([this, run = std::move(*request.run), arguments] {
    main_loop_.block();
    agenda_.after(settings_.tool_delay, [this, run, arguments] {
      const McpDevice::Outcome outcome = mcp_->run(run);
      observer_.on_tool(
          {.name = run.tool->name, .arguments = arguments, .result = outcome.text, .failed = outcome.failed});
      if (status_.rebooting) {
        reboot();
      } else if (outcome.reply) {
        main_loop_.post([this, reply = *outcome.reply] { publish_mcp(reply); });
      }
      main_loop_.unblock();
    });
  });
}

void Device::handle_tts(const json::object& message) {
  const auto state = json::find_string(message, "state").value_or("");
  if (state == "start") {
    const bool awaited = std::exchange(speech_due_, false);  // since speak_ready
    const bool already = state_.state() == State::kSpeaking && !awaited;
    step([this] { return state_.tts_start(); });
    interrupted_ = false;
    if (!already && state_.state() == State::kSpeaking) observer_.on_answer_began();
  } else if (state == "sentence_start") {
    if (const auto text = json::find_string(message, "text")) observer_.on_sentence(std::string(*text));
  } else if (state == "stop") {
    if (state_.state() == State::kSpeaking) observer_.on_answer_ended();
    step([this] { return state_.tts_stop(); });
  }
}

void Device::publish(std::string text) {
  if (settings_.control_delay == Milliseconds(0)) return publish_now(text);
  agenda_.after(settings_.control_delay, [this, text = std::move(text)] { publish_now(text); });
}

void Device::publish_now(const std::string& text) {
  if (const auto message = json::parse_object(text, kMaxControlBytes)) {
    rules_->sent(*message, agenda_.now());
    observer_.on_control(Direction::kUp, *message);
  }
  if (transport_ && transport_->send(text)) return;
  main_loop_.post([this] { step([this] { return state_.publish_failed(); }); });
  observer_.on_connection_failed("the connection is gone");
}

void Device::publish_named(json::object message) {
  message["session_id"] = session_id_;
  publish(json::serialize(message));
}

void Device::publish_mcp(const std::string& payload) {
  publish(R"({"session_id":")" + session_id_ + R"(","type":"mcp","payload":)" + payload + "}");
}

void Device::report(const Violations& broken) {
  for (const Violation& violation : broken) observer_.on_violation(violation);
}

void Device::tick() {
  Violations broken;
  rules_->tick(agenda_.now(), broken);
  report(broken);
  agenda_.after(kTick, [this] { tick(); });
}

template <class Event>
void Device::step(Event event) {
  const State before = state_.state();
  const Actions actions = event();
  const State after = state_.state();
  if (before != after) observer_.on_state(before, after);
  if (after == State::kSpeaking) answer_unfinished_ = true;
  for (const Action action : actions) execute(action);
  if (after == State::kIdle && before != after && !state_.has_channel()) {
    agenda_.after(settings_.control_delay, [this] {
      if (state_.state() == State::kIdle) transport_->rest();
    });
  }
  check_drained();
}

void Device::execute(Action action) {
  const std::string session = R"({"session_id":")" + session_id_ + R"(",)";
  switch (action) {
    case Action::kSendHello:
      return send_hello();
    case Action::kSendWakeWord:
      for (const Bytes& packet : microphone_->wake_word_burst(wake_word_speech_)) {
        transport_->send_audio(packet);
      }
      return publish(session + R"("type":"listen","state":"detect","text":")" + wake_word_ + R"("})");
    case Action::kSendListenStart:
      publish(session + R"("type":"listen","state":"start","mode":")" + std::string(name(state_.mode())) +
              R"("})");
      return observer_.on_listening();
    case Action::kSendListenStop:
      return publish(session + R"("type":"listen","state":"stop"})");
    case Action::kSendAbort:
      return publish(session + R"("type":"abort"})");
    case Action::kSendAbortWakeWord:
      return publish(session + R"("type":"abort","reason":"wake_word_detected"})");
    case Action::kSendGoodbye:
      if (transport_->kind() == TransportKind::kWebSocket)
        return rules_->closed(agenda_.now());  // the close has said it
      return publish(session + R"("type":"goodbye"})");
    case Action::kSendNatPacket:
      return transport_->send_audio({});
    case Action::kSendSpeakReady:
      publish((settings_.firmware.speak_ready_names_request
                   ? R"({"session_id":")" + speak_request_id_ + R"(",)"
                   : session) +
              R"("type":"speak_ready","state":"ready"})");
      return await_speech();
    case Action::kCloseUdp:
      return transport_->close();
    case Action::kMicrophoneOn:
      return microphone_->on();
    case Action::kMicrophoneOff:
      return microphone_->off();
    case Action::kFlushPlayback:
      return flush_playback();
    case Action::kClearSendQueue:
      return send_queue_.clear();
    case Action::kShowAlert:
      return observer_.on_alert("error: the server does not answer");
  }
}

void Device::send_hello() {
  session_id_.clear();
  speech_due_ = false;
  awaiting_hello_ = true;
  main_loop_.block();
  const std::uint64_t number = ++hello_number_;
  transport_->open([this, number] {
    if (!awaiting_hello_ || number != hello_number_) return;
    const auto frame_ms = settings_.firmware.frame_duration.count();
    publish(R"({"type":"hello",)" + transport_->hello_head() + R"(,"features":{)" +
            features_of(settings_.firmware) +
            R"(},"audio_params":{"format":"opus","sample_rate":16000,"channels":1,"frame_duration":)" +
            std::to_string(frame_ms) + "}}");
    agenda_.after(kServerHelloWait, [this, number] {
      if (!awaiting_hello_ || number != hello_number_) return;
      awaiting_hello_ = false;
      step([this] { return state_.hello_failed(); });
      main_loop_.unblock();
    });
  });
}

void Device::await_speech() {
  speech_due_ = true;
  agenda_.after(kSpeechWait, [this, number = hello_number_] {
    const bool waits = speech_due_ && number == hello_number_ && state_.state() == State::kSpeaking;
    if (waits) observer_.on_violation({Rule::kSpeakReadyUnanswered, ""});
  });
}

void Device::check_drained() {
  if (state_.state() == State::kSpeaking || (player_ && !player_->drained())) return;
  if (std::exchange(answer_unfinished_, false)) observer_.on_answer_over();
  if (state_.wants_drained()) step([this] { return state_.playback_drained(); });
}

void Device::reboot() {
  step([this] { return state_.shut_down(); });
  observer_.on_rebooted();
}

Status Device::open_audio(const ServerHello& hello) {
  if (player_) player_->stop();
  auto player = Player::create(
      agenda_, hello.sample_rate_hz, hello.frame_duration_ms, settings_.firmware.decode_queue_packets,
      {.played = [this](const Pcm& pcm, SteadyTime at, bool gap) { observer_.on_played(pcm, at, gap); },
       .drained = [this] { check_drained(); },
       .broken = [this](const Violation& violation) { observer_.on_violation(violation); }});
  if (!player) return player.error();
  if (const Status begun = transport_->begin_audio(hello, settings_.seed + hello_number_ * 2); !begun)
    return begun.error();
  player_ = std::move(*player);
  return kDone;
}

void Device::packet_arrived(PlaybackQueue::Frame packet) {
  state_.heard(agenda_.now());
  if (state_.state() == State::kSpeaking) return player_->push(std::move(packet));
  if (interrupted_) {
    observer_.on_frames_discarded(1);
  } else {
    observer_.on_frames_cut(1);
  }
}

void Device::drain_send_queue() {
  while (auto packet = send_queue_.pop()) transport_->send_audio(*packet);
}

void Device::flush_playback() {
  const std::size_t lost = player_ ? player_->flush() : 0;
  if (lost == 0) return;
  if (interrupted_) {
    observer_.on_frames_discarded(lost);
  } else {
    observer_.on_frames_cut(lost);
  }
}

}  // namespace earshot::simulator
