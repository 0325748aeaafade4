#include "bench/simulator/protocol_rules.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace earshot::simulator {

namespace {

constexpr std::size_t kMaxMessageBytes = 16 * 1024;  // device-protocol 2.1
constexpr std::size_t kMaxTextBytes = 1024;          // far more than the largest screen shows of a sentence
constexpr std::size_t kMaxParseBytes = 4 * 1024 * 1024;
constexpr auto kHelloWait = std::chrono::seconds(10);  // device-protocol 3.3
// Silence within a speech is legal while a slow model thinks; a device that waits longer hangs.
constexpr auto kStopWait = std::chrono::seconds(30);
constexpr auto kAbortWait = std::chrono::seconds(3);
// Audio this soon after a stop belongs to the speech that was stopped.
constexpr auto kStragglerWindow = std::chrono::seconds(1);
// UDP overtakes MQTT, by a second when the broker or we are short of a processor: frames may come before the
// sentence_start that was sent first. What is missing at the tts stop was not sent;
// nor was what 3 s are late.
constexpr int kMaxFramesUntilStop = 10;
constexpr int kMaxFramesWithoutSentence = 50;

constexpr std::array<std::string_view, 21> kEmotions{
    "neutral", "happy",       "laughing",  "funny",     "sad",      "angry",   "crying",
    "loving",  "embarrassed", "surprised", "shocked",   "thinking", "winking", "cool",
    "relaxed", "delicious",   "kissy",     "confident", "sleepy",   "silly",   "confused"};

}  // namespace

void ProtocolRules::sent(const json::object& message, SteadyTime now) {
  const auto type = json::find_string(message, "type").value_or("");
  named_sessions_.insert(std::string(json::find_string(message, "session_id").value_or("")));
  if (type == "hello") {
    hello_sent_ = now;
    channel_ = false;  // a new hello ends the session before it (trap 10)
    speaking_ = false;
    begin_turn();
  } else if (type == "listen") {
    const auto state = json::find_string(message, "state").value_or("");
    if (state == "start") {
      begin_turn();
      key_held_ = mode_ == Mode::kManual;
    } else if (state == "stop") {
      key_held_ = false;
    }
  } else if (type == "abort") {
    abort_sent_ = now;
    aborted_ = true;
  } else if (type == "goodbye") {
    closed(now);
  }
}

void ProtocolRules::closed(SteadyTime now) {
  channel_ = false;
  speaking_ = false;
  hello_sent_.reset();
  abort_sent_.reset();
  stopped_ = now;
}

std::optional<json::object> ProtocolRules::received(std::string_view text, SteadyTime now,
                                                    Violations& broken) {
  if (text.size() > kMaxMessageBytes)
    broken.push_back({Rule::kMessageTooLong, std::to_string(text.size()) + " bytes"});
  auto parsed = json::parse_object(text, kMaxParseBytes);
  if (!parsed) {
    broken.push_back({Rule::kBadJson, parsed.error().message});
    return std::nullopt;
  }
  const auto type = json::find_string(*parsed, "type");
  if (!type) {
    broken.push_back({Rule::kBadJson, "no string member \"type\""});
    return std::nullopt;
  }
  check_message(*parsed, *type, now, broken);
  return std::move(*parsed);
}

void ProtocolRules::audio_received(SteadyTime now, Violations& broken) {
  if (!speaking_) {
    // One that arrived before the stop did, though it was read later, broke nothing.
    if (stopped_ && now <= *stopped_) return;
    const bool straggler = stopped_ && now - *stopped_ < kStragglerWindow;
    return broken.push_back({straggler ? Rule::kTtsStopBeforeAudioEnd : Rule::kAudioBeforeTtsStart,
                             straggler ? "a frame came after the stop" : ""});
  }
  sound_until_ = std::max(sound_until_, now) + Milliseconds(hello_.frame_duration_ms);
  if (!sentence_seen_ && ++frames_without_sentence_ == kMaxFramesWithoutSentence)
    broken.push_back({Rule::kOrder63, "audio without sentence_start"});
}

void ProtocolRules::tick(SteadyTime now, Violations& broken) {
  if (hello_sent_ && now - *hello_sent_ > kHelloWait) {
    hello_sent_.reset();
    broken.push_back({Rule::kHelloTimeout, ""});
  }
  if (abort_sent_ && now - *abort_sent_ > kAbortWait) {
    abort_sent_.reset();
    broken.push_back({Rule::kAbortWithoutStop, ""});
  }
  if (speaking_ && now - sound_until_ > kStopWait) {
    speaking_ = false;
    broken.push_back({Rule::kTtsStopMissing, ""});
  }
}

void ProtocolRules::check_message(const json::object& message, std::string_view type, SteadyTime now,
                                  Violations& broken) {
  if (type == "hello") return check_hello(message, broken);
  if (type == "goodbye") return check_goodbye(message, broken);
  if (type == "stt") return check_stt(message, broken);
  if (type == "llm") return check_llm(message, broken);
  if (type == "tts") return check_tts(message, now, broken);
  if (type == "alert") return check_alert(message, broken);
  if (type == "notify") return check_notify(message, broken);
  if (type == "mcp" && !json::find_object(message, "payload"))
    return broken.push_back({Rule::kMissingField, "mcp.payload"});
  if (type == "system" && !json::find_string(message, "command"))
    broken.push_back({Rule::kMissingField, "system.command"});
  // Anything else is ignored by the device (6.2).
}

void ProtocolRules::check_hello(const json::object& message, Violations& broken) {
  if (!hello_sent_) return broken.push_back({Rule::kHelloSpontaneous, ""});
  if (kind_ == TransportKind::kWebSocket && !json::find_string(message, "transport"))
    return broken.push_back({Rule::kHelloNoTransport, ""});
  const auto hello = read_server_hello(message, hello_, kind_);
  if (!hello) return broken.push_back({Rule::kHelloBadField, hello.error().message});
  const bool may_be_without = kind_ == TransportKind::kWebSocket && hello->session_id.empty();
  if (!may_be_without && !is_safe_session_id(hello->session_id))
    broken.push_back({Rule::kSessionIdUnsafe, hello->session_id});
  if (!is_playable(hello->sample_rate_hz, hello->frame_duration_ms)) {
    broken.push_back({Rule::kHelloUnplayable, std::to_string(hello->sample_rate_hz) + " Hz, " +
                                                  std::to_string(hello->frame_duration_ms) + " ms"});
  }
  if (kind_ == TransportKind::kMqttUdp) {
    if (!has_nonce_form(hello->nonce)) broken.push_back({Rule::kHelloNonceForm, to_hex(hello->nonce)});
    if (std::find(keys_.begin(), keys_.end(), hello->key) != keys_.end())
      broken.push_back({Rule::kHelloKeyReused, ""});
    keys_.push_back(hello->key);
  }
  hello_sent_.reset();
  hello_ = *hello;
  channel_ = true;
  stopped_.reset();
  abort_sent_.reset();
}

void ProtocolRules::check_goodbye(const json::object& message, Violations& broken) {
  if (kind_ == TransportKind::kWebSocket) return broken.push_back({Rule::kWsGoodbye, ""});
  const auto session = json::find_string(message, "session_id");
  if (session && channel_ && *session == hello_.session_id) {
    channel_ = false;
    speaking_ = false;
    return;
  }
  // An answer to a message that named an older session is in order, and ignored.
  if (session && named_sessions_.contains(std::string(*session))) return;
  broken.push_back({Rule::kGoodbyeWrongSession, std::string(session.value_or("(none)"))});
}

void ProtocolRules::check_stt(const json::object& message, Violations& broken) {
  const auto text = json::find_string(message, "text");
  if (!text) return broken.push_back({Rule::kMissingField, "stt.text"});
  if (text->size() > kMaxTextBytes) broken.push_back({Rule::kTextTooLong, "stt"});
  if (speaking_) broken.push_back({Rule::kOrder63, "stt between tts start and tts stop"});
  stt_seen_ = true;
}

void ProtocolRules::check_llm(const json::object& message, Violations& broken) {
  const auto emotion = json::find_string(message, "emotion");
  if (!emotion) return broken.push_back({Rule::kMissingField, "llm.emotion"});
  if (std::find(kEmotions.begin(), kEmotions.end(), *emotion) == kEmotions.end())
    broken.push_back({Rule::kUnknownEmotion, std::string(*emotion)});
  llm_seen_ = true;
}

void ProtocolRules::check_tts(const json::object& message, SteadyTime now, Violations& broken) {
  const auto state = json::find_string(message, "state");
  if (!state) return broken.push_back({Rule::kMissingField, "tts.state"});
  if (*state == "start") return check_tts_start(now, broken);
  if (*state == "sentence_start") {
    const auto text = json::find_string(message, "text");
    if (!text) return broken.push_back({Rule::kMissingField, "tts.text"});
    if (text->size() > kMaxTextBytes) broken.push_back({Rule::kTextTooLong, "sentence_start"});
    if (!speaking_) broken.push_back({Rule::kOrder63, "sentence_start outside tts start and tts stop"});
    sentence_seen_ = true;
  } else if (*state == "stop") {
    check_tts_stop(now, broken);
  }
}

void ProtocolRules::check_tts_start(SteadyTime now, Violations& broken) {
  if (speaking_ && std::exchange(may_be_told_again_, false)) return;
  if (speaking_) return broken.push_back({Rule::kTtsStartTwice, ""});
  if (!channel_) broken.push_back({Rule::kSpeechWithoutChannel, ""});
  if (key_held_) broken.push_back({Rule::kSpeakingBeforeListenStop, ""});
  if (user_spoke_ && !stt_seen_) broken.push_back({Rule::kSttMissing, ""});
  if (user_spoke_ && stt_seen_ && !llm_seen_) broken.push_back({Rule::kOrder63, "tts start without llm"});
  speaking_ = true;
  sentence_seen_ = false;
  frames_without_sentence_ = 0;
  sound_until_ = now;
  aborted_ = abort_sent_.has_value();  // it may have crossed an abort
}

void ProtocolRules::check_tts_stop(SteadyTime now, Violations& broken) {
  const Milliseconds frame(hello_.frame_duration_ms);
  // An interrupted answer stops anywhere; in realtime mode the server decides that alone.
  if (speaking_ && !aborted_ && mode_ != Mode::kRealtime && sound_until_ - now > frame) {
    const auto left = std::chrono::duration_cast<Milliseconds>(sound_until_ - now);
    broken.push_back(
        {Rule::kTtsStopBeforeAudioEnd, std::to_string(left.count()) + " ms were still to be played"});
  }
  if (speaking_ && !sentence_seen_ && frames_without_sentence_ >= kMaxFramesUntilStop &&
      frames_without_sentence_ < kMaxFramesWithoutSentence)  // else it has been told
    broken.push_back({Rule::kOrder63, "audio without sentence_start"});
  if (speaking_) begin_turn();
  speaking_ = false;
  stopped_ = now;
  abort_sent_.reset();
}

void ProtocolRules::check_alert(const json::object& message, Violations& broken) {
  for (const std::string_view field : {"status", "message", "emotion"}) {
    if (!json::find_string(message, field)) broken.push_back({Rule::kAlertMissingField, std::string(field)});
  }
}

// What 2.5.0 looks at before it does anything.
void ProtocolRules::check_notify(const json::object& message, Violations& broken) {
  const auto url = json::find_string(message, "audio_url");
  if (!url || !(url->starts_with("http://") || url->starts_with("https://")))
    broken.push_back({Rule::kNotifyBad, "audio_url is no http(s) address"});
  const json::value* subtitles = message.if_contains("subtitles");
  if (subtitles == nullptr) return;
  if (!subtitles->is_array()) return broken.push_back({Rule::kNotifyBad, "subtitles are no array"});
  std::int64_t last = 0;
  for (const json::value& subtitle : subtitles->get_array()) {
    const json::object* shown = subtitle.if_object();
    const auto start = shown ? json::find_int(*shown, "start_ms") : std::nullopt;
    const auto text = shown ? json::find_string(*shown, "text") : std::nullopt;
    if (!start || *start < last || !text)
      return broken.push_back({Rule::kNotifyBad, "a subtitle without growing start_ms and text"});
    if (text->size() > kMaxTextBytes) broken.push_back({Rule::kTextTooLong, "notify"});
    last = *start;
  }
}

void ProtocolRules::begin_turn() {
  user_spoke_ = false;
  stt_seen_ = false;
  llm_seen_ = false;
}

}  // namespace earshot::simulator
