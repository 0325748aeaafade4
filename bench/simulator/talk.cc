#include "bench/simulator/talk.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <functional>
#include <utility>

#include "bench/simulator/boot.h"
#include "bench/simulator/event_log.h"
#include "bench/simulator/reply_tape.h"
#include "bench/simulator/speech_source.h"
#include "bench/simulator/user_script.h"
#include "common/audio/resampler.h"
#include "common/audio/wav.h"

namespace earshot::simulator {

namespace {

constexpr int kReplyHz = 24000;             // of --out
constexpr Milliseconds kLinger{300};        // after goodbye: what the server still sends is checked too
constexpr Milliseconds kLastWords{10'000};  // who is told to leave lets the server finish for so long

struct Spoken {
  Utterance utterance;
  Pcm speech;  // none for typed text
};

Result<Spoken> prepare(const Utterance& utterance, const std::string& voice) {
  Spoken spoken{.utterance = utterance, .speech = {}};
  if (utterance.kind == Utterance::Kind::kType) return spoken;
  auto speech =
      utterance.kind == Utterance::Kind::kWav ? read_speech(utterance.what) : speak(utterance.what, voice);
  if (!speech) return Error{speech.error().code, utterance.what + ": " + speech.error().message};
  spoken.speech = std::move(*speech);
  return spoken;
}

std::string seconds(Milliseconds time) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s", static_cast<double>(time.count()) / 1000);
  return text;
}

std::string quoted(const std::string& text) {
  return "\"" + text + "\"";
}

// Runs on: the io_context's thread, which is the thread of run_talk().
class Talk final : public DeviceObserver {
 public:
  Talk(const TalkOptions& options, DeviceIdentity identity, std::vector<Spoken> spoken, Pcm wake_word,
       EventLog& log)
      : options_(options),
        identity_(std::move(identity)),
        spoken_(std::move(spoken)),
        wake_word_(std::move(wake_word)),
        log_(log),
        script_(plan()) {}

  int run() {
    auto device = Device::create(io_, options_.device, *this);
    if (!device) {
      report_.failed(device.error().message);
      return conclude();
    }
    device_ = std::move(*device);
    const auto answer = ask_server();  // an owner may take his time to type the code in
    deadline_ = now() + options_.timeout;
    if (answer) {
      const Status begun = connect(*answer);
      if (begun) {
        device_->agenda().at(deadline_, [this] {
          if (!staying_) fail("out of time after " + seconds(options_.timeout));
        });
        if (options_.stay) leave_when_told();
        io_.run();
      } else {
        report_.failed(begun.error().message);
      }
      device_->disconnect();
    }
    return conclude();
  }

 private:
  // DeviceObserver
  void on_connected() override {
    log_.story("connected",
               (options_.websocket ? "WebSocket when it talks, device " : "MQTT, device ") + identity_.mac);
    event("connected", {});
    if (spoken_.empty()) return stay();
    act_soon();
  }
  void on_connection_failed(const std::string& why) override { fail(why); }
  void on_control(Direction direction, const json::object& message) override {
    log_.control(now(), direction, message);
  }
  void on_violation(const Violation& violation) override {
    if (ending_ && !report_.violations().empty()) return;  // one is enough: what follows may follow from it
    report_.violated(violation);
    event("violation", {{"rule", name(violation.rule)}, {"detail", violation.detail}});
    finish();
  }
  void on_state(State from, State to) override {
    event("state", {{"from", name(from)}, {"to", name(to)}});
    script_.state_changed(to, now());
    act_soon();
  }
  void on_session(const ServerHello& hello) override {
    log_.story("session", hello.session_id + (options_.websocket ? ", audio over WebSocket"
                                                                 : ", audio over UDP to " + hello.udp_host +
                                                                       ":" + std::to_string(hello.udp_port)));
  }
  void on_listening() override {
    event("listening", {});
    script_.listening(now());
    act_soon();
  }
  void on_speech_ended() override {
    event("speech_ended", {});
    report_.speech_ended(now());
    script_.speech_ended(now());
    act_soon();
  }
  void on_heard(const std::string& transcript) override {
    log_.story("heard", quoted(transcript));
    report_.heard(transcript);
  }
  void on_emotion(const std::string& emotion) override { report_.emotion(emotion); }
  void on_answer_began() override {
    report_.answer_began();
    tape_.begin_answer();
    answer_told_ = false;
  }
  void on_sentence(const std::string& text) override {
    log_.story("answer", quoted(text));
    report_.sentence(text);
  }
  void on_played(const Pcm& pcm, SteadyTime at, bool gap) override {
    report_.frame_played(pcm, at, gap);
    tape_.add(pcm, at);
    if (answer_told_) return;
    answer_told_ = true;
    script_.answer_sounds(at);
    act_soon();
  }
  void on_answer_ended() override { report_.answer_ended(now()); }
  void on_answer_over() override {
    tell_answer();
    script_.answer_over(now());
    act_soon();
  }
  void on_tool(const RunReport::ToolCall& call) override {
    log_.story("tool", call.name + " " +
                           (call.arguments.is_null() ? "" : json::serialize(call.arguments) + " ") +
                           (call.failed ? "failed: " : "-> ") + call.result);
    event("tool", {{"name", call.name},
                   {"arguments", call.arguments},
                   {call.failed ? "error" : "result", call.result}});
    report_.tool_called(call);
  }
  void on_alert(const std::string& text) override {
    log_.story("alert", text);
    event("alert", {{"text", text}});
    report_.alert(text);
  }
  void on_frames_cut(std::uint64_t count) override {
    event("cut", {{"frames", count}, {"state", name(device_->state())}});
    report_.frames_cut(count);
  }
  void on_frames_discarded(std::uint64_t count) override { report_.frames_discarded(count); }
  void on_session_ended() override {
    if (ending_) return;  // both said goodbye
    log_.story("goodbye", "the server ended the session");
    event("session_ended", {{"by", "server"}});
    script_.session_ended(now());
    act_soon();
  }
  void on_rebooted() override { fail("the server made the device reboot"); }

  SteadyTime now() const { return std::chrono::steady_clock::now(); }
  void event(std::string_view kind, json::object fields) { log_.event(now(), kind, std::move(fields)); }

  UserPlan plan() const {
    UserPlan plan{.mode = options_.device.mode,
                  .turns = {},
                  .wake_word = !options_.wake_word.empty(),
                  .barge_in_after = options_.barge_in_after,
                  .barge_in_speech = options_.barge_in.has_value()};
    for (const Spoken& spoken : spoken_) {
      plan.turns.push_back(spoken.utterance.kind == Utterance::Kind::kType ? UserPlan::Turn::kType
                                                                           : UserPlan::Turn::kSpeak);
    }
    return plan;
  }

  // REQUIRES: the section is there.
  Status connect(const OtaAnswer& answer) {
    if (!options_.websocket) return device_->connect(*answer.mqtt);
    WebSocketLogin login{.server = *answer.websocket, .mac = identity_.mac, .client_id = identity_.client_id};
    if (options_.ws_version) login.server.version = *options_.ws_version;
    return device_->connect(login);
  }

  std::optional<OtaAnswer> ask_server() {
    Violations broken;
    auto answer = boot(options_.boot, identity_, boot_observer(), broken);
    for (const Violation& violation : broken) on_violation(violation);
    if (!answer) {
      report_.failed(answer.error().message);
    } else if (broken.empty() &&
               !(options_.websocket ? answer->websocket.has_value() : answer->mqtt.has_value())) {
      report_.failed(std::string("the OTA answer names no ") + (options_.websocket ? "WebSocket" : "MQTT") +
                     " server");
    } else if (broken.empty()) {
      return std::move(*answer);
    }
    return std::nullopt;
  }

  BootObserver boot_observer() {
    return {.on_answer =
                [this](const OtaAnswer& answer) {
                  event("ota", {{"mqtt", answer.mqtt.has_value()},
                                {"websocket", answer.websocket.has_value()},
                                {"activated", answer.activated},
                                {"upgrade", answer.upgrade}});
                },
            .on_code =
                [this](const std::string& code, const std::string& message) {
                  std::string line = message;
                  std::ranges::replace(line, '\n', ' ');
                  log_.story("code", code.empty() ? "(none: the chip proves itself)" : code + "  " + line);
                  event("activation", {{"code", code}, {"message", message}});
                },
            .on_poll =
                [this](int status) {
                  event("activation_poll", {{"status", status}});
                },
            .on_firmware =
                [this](const std::string& version, const Downloaded& image) {
                  log_.story("firmware",
                             version + ", " + std::to_string(image.bytes) + " bytes, sha256 " + image.sha256);
                  event("firmware", {{"version", version}, {"bytes", image.bytes}, {"sha256", image.sha256}});
                }};
  }

  // Observers are called from within the device: the user acts afterwards.
  void act_soon() {
    if (ending_ || staying_) return;
    device_->agenda().at(now(), [this] { act(); });
  }

  void act() {
    if (ending_ || staying_) return;
    for (const UserAction& action : script_.act(now())) perform(action);
    if (const auto& failure = script_.failure()) return fail(*failure);
    if (script_.finished()) return options_.stay ? stay() : finish();
    if (const auto due = script_.wake_up()) device_->agenda().at(*due, [this] { act(); });
  }

  void perform(const UserAction& action) {
    switch (action.kind) {
      case UserAction::Kind::kPressButton:
        if (device_->state() == State::kSpeaking) tell_interruption("(button)");
        return device_->press_button();
      case UserAction::Kind::kPressTalk:
        if (device_->state() == State::kSpeaking) tell_interruption("(talk key)");
        return device_->press_talk();
      case UserAction::Kind::kReleaseTalk:
        return device_->release_talk();
      case UserAction::Kind::kSayWakeWord:
        log_.story("wake word", quoted(options_.wake_word));
        return device_->say_wake_word(options_.wake_word, wake_word_);
      case UserAction::Kind::kSpeak:
        if (device_->state() == State::kSpeaking) tell_interruption("(voice)");
        tell_utterance(action.turn);
        return device_->say(spoken_[action.turn].speech);
      case UserAction::Kind::kType:
        tell_utterance(action.turn);
        return device_->type(spoken_[action.turn].utterance.what);
      case UserAction::Kind::kHangUp:
        return;  // finish() follows
    }
  }

  void tell_utterance(std::size_t turn) {
    const Utterance& utterance = spoken_[turn].utterance;
    log_.story(utterance.kind == Utterance::Kind::kType ? "typed" : "said",
               utterance.kind == Utterance::Kind::kWav ? utterance.what : quoted(utterance.what));
    event("utterance", {{"turn", turn + 1}, {"what", utterance.what}});
  }

  void tell_interruption(const std::string& how) {
    log_.story("interrupts", how);
    event("interrupt", {});
    report_.interrupted(now());
  }

  void tell_answer() {
    if (report_.answers().empty()) return;
    const RunReport::Answer& answer = report_.answers().back();
    std::string text = seconds(answer.sound) + " of sound";
    if (answer.delay)
      text += ", the first " + std::to_string(answer.delay->count()) + " ms after the user's last word";
    if (answer.gaps > 0) text += ", " + std::to_string(answer.gaps) + " gaps";
    log_.story("", text);
    event("audio", {{"frames", answer.frames},
                    {"sound_ms", answer.sound.count()},
                    {"audible_ms", answer.audible.count()},
                    {"gaps", answer.gaps}});
  }

  void fail(const std::string& why) {
    if (ending_) return;
    report_.failed(why);
    finish();
  }

  // The talk is over, or there was none: the device stays on and does what the server asks for.
  void stay() {
    staying_ = true;
    hang_up_when_quiet([this] {
      if (ending_) return;
      log_.story("stays", seconds(*options_.stay));
      event("stays", {});
      device_->agenda().after(*options_.stay, [this] { leave(); });
    });
  }
  void leave() {
    if (!staying_) called_away();
    deadline_ = std::max(deadline_, now() + kLastWords);
    finish();
  }
  void called_away() {
    script_.called_away();
    if (const auto& failure = script_.failure()) report_.failed(*failure);
    if (spoken_.empty()) report_.failed("told to leave before there was a connection");
  }
  void leave_when_told() {
    signals_.add(SIGTERM);
    signals_.add(SIGINT);
    signals_.async_wait([this](error_code cancelled, int) {
      if (!cancelled) leave();
    });
  }

  // Lets what was said play out, hangs up as a device does, and watches the line a little longer.
  void finish() {
    if (ending_) return;
    ending_ = true;
    hang_up_when_quiet([this] {
      device_->agenda().after(options_.device.control_delay * 2 + kLinger, [this] { io_.stop(); });
    });
  }
  void hang_up_when_quiet(std::function<void()> then) {
    const bool busy = device_->playing() || device_->state() == State::kSpeaking;
    if (report_.ok() && busy && now() < deadline_) {
      return device_->agenda().after(Milliseconds(60),
                                     [this, then = std::move(then)] { hang_up_when_quiet(then); });
    }
    device_->hang_up();
    then();
  }

  int conclude() {
    write_audio(options_.out_path, "reply", [this](const std::string& path) {
      auto clip = resample(tape_.clip(), kReplyHz);
      return clip ? write_wav_file(path, *clip) : Status(clip.error());
    });
    if (device_) {
      write_audio(options_.record_up_path, "microphone",
                  [this](const std::string& path) { return write_wav_file(path, device_->recorded()); });
    }
    const DeviceStatus status = device_ ? device_->status() : DeviceStatus{};
    log_.story("device", "volume " + std::to_string(status.volume) + ", brightness " +
                             std::to_string(status.brightness) + ", theme " + status.theme);
    if (report_.cut() > 0)
      log_.story("cut", std::to_string(report_.cut()) +
                            " frames came before tts start or after tts stop was handled");
    for (const Violation& violation : report_.violations()) {
      const std::string rule(name(violation.rule));
      std::fprintf(stderr, "earshot-sim: rule broken: %s %s\n", rule.c_str(), violation.detail.c_str());
    }
    log_.summary(report_.summary(script_.turns_done(), status, device_ ? name(device_->state()) : "off",
                                 device_ ? device_->link_counts() : LinkCounts{}));
    if (const Status written = log_.written(); !written) report_.failed(written.error().message);
    if (const auto& failure = report_.failure()) std::fprintf(stderr, "earshot-sim: %s\n", failure->c_str());
    if (!report_.violations().empty()) return kExitRuleBroken;
    return report_.failure() ? kExitFailed : kExitOk;
  }

  template <class Write>
  void write_audio(const std::string& path, const std::string& heading, Write write) {
    if (path.empty()) return;
    const Status written = write(path);
    if (written) {
      log_.story(heading, path);
    } else {
      report_.failed(written.error().message);
    }
  }

  const TalkOptions& options_;
  DeviceIdentity identity_;
  std::vector<Spoken> spoken_;  // one a turn
  Pcm wake_word_;
  EventLog& log_;
  UserScript script_;
  RunReport report_;
  ReplyTape tape_;
  bool answer_told_ = false;
  bool staying_ = false;  // the user is done
  bool ending_ = false;
  SteadyTime deadline_{};
  asio::io_context io_;
  asio::signal_set signals_{io_};
  std::unique_ptr<Device> device_;
};

// One entry a turn; the barge-in is the turn after the one it interrupts.
std::vector<Utterance> turns_of(const TalkOptions& options) {
  std::vector<Utterance> turns = options.utterances;
  while (turns.size() < options.turns)
    turns.push_back(options.utterances[turns.size() % options.utterances.size()]);
  if (options.turns > 0) turns.resize(options.turns);
  if (options.barge_in) turns.insert(turns.begin() + 1, *options.barge_in);
  return turns;
}

}  // namespace

int run_talk(const TalkOptions& options) {
  const auto refuse = [](const std::string& why, int code) {
    std::fprintf(stderr, "earshot-sim: %s\n", why.c_str());
    return code;
  };
  std::vector<Spoken> spoken;
  for (const Utterance& utterance : turns_of(options)) {
    auto prepared = prepare(utterance, options.voice);
    if (!prepared) return refuse(prepared.error().message, kExitUsage);
    spoken.push_back(std::move(*prepared));
  }
  Pcm wake_word;
  if (!options.wake_word.empty()) {
    auto prepared = speak(options.wake_word, options.voice);
    if (!prepared) return refuse(prepared.error().message, kExitUsage);
    wake_word = std::move(*prepared);
  }
  DeviceIdentity identity = make_identity(options.device.seed);
  if (!options.mac.empty()) {
    identity.mac = options.mac;
    identity.client_id = uuid_of(identity.mac);
  }
  identity.serial = options.serial;
  identity.hmac_key = options.hmac_key;
  if (!options.board.empty()) identity.board = options.board;
  identity.firmware = options.device.firmware.version;
  if (!options.client_id.empty()) identity.client_id = options.client_id;

  auto log = EventLog::open(options, std::chrono::steady_clock::now());
  if (!log) return refuse(log.error().message, kExitUsage);
  return Talk(options, std::move(identity), std::move(spoken), std::move(wake_word), **log).run();
}

}  // namespace earshot::simulator
