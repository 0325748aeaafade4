#include "gateway/xiaozhi/down_message.h"

#include "gateway/xiaozhi/speak_request.h"

namespace earshot::gateway {

namespace {

constexpr std::size_t kMaxEmotionBytes = 64;

json::object message(std::string_view type, const SessionId& session) {
  return {{"type", type}, {"session_id", session.text}};
}

std::string tts_message(const SessionId& session, std::string_view state) {
  auto tts = message("tts", session);
  tts["state"] = state;
  return json::serialize(tts);
}

}  // namespace

json::object hello_answer(const SessionId& session, std::string_view transport, std::uint32_t sample_rate_hz,
                          Milliseconds frame_duration) {
  auto hello = message("hello", session);
  hello["transport"] = transport;
  hello["audio_params"] = json::object{{"format", "opus"},
                                       {"sample_rate", sample_rate_hz},
                                       {"channels", 1},
                                       {"frame_duration", frame_duration.count()}};
  return hello;
}

std::string stt_message(const SessionId& session, std::string_view text) {
  auto stt = message("stt", session);
  stt["text"] = json::clean_text(text, kMaxShownTextBytes);
  return json::serialize(stt);
}

std::string llm_message(const SessionId& session, std::string_view emotion, std::string_view text) {
  auto llm = message("llm", session);
  llm["emotion"] = json::clean_text(emotion, kMaxEmotionBytes);
  llm["text"] = json::clean_text(text, kMaxShownTextBytes);
  return json::serialize(llm);
}

std::string tts_start_message(const SessionId& session) {
  return tts_message(session, "start");
}

std::string sentence_start_message(const SessionId& session, std::string_view text) {
  auto tts = message("tts", session);
  tts["state"] = "sentence_start";
  tts["text"] = json::clean_text(text, kMaxShownTextBytes);
  return json::serialize(tts);
}

std::string tts_stop_message(const SessionId& session) {
  return tts_message(session, "stop");
}

std::string speak_request_message(const SessionId& session, std::string_view preview) {
  auto request = message(kSpeakRequestType, session);
  if (!preview.empty()) request["text"] = json::clean_text(preview, kMaxShownTextBytes);
  return json::serialize(request);
}

std::string mcp_message(const SessionId& session, const json::object& payload) {
  auto mcp = message("mcp", session);
  if (session.text.empty()) mcp.erase("session_id");
  mcp["payload"] = payload;
  return json::serialize(mcp);
}

std::string iot_message(const SessionId& session, json::array commands) {
  auto iot = message("iot", session);
  iot["commands"] = std::move(commands);
  return json::serialize(iot);
}

std::string alert_message(const SessionId& session, std::string_view status, std::string_view text,
                          std::string_view emotion) {
  auto alert = message("alert", session);
  alert["status"] = json::clean_text(status, kMaxShownTextBytes);
  alert["message"] = json::clean_text(text, kMaxShownTextBytes);
  alert["emotion"] = json::clean_text(emotion, kMaxEmotionBytes);
  return json::serialize(alert);
}

std::string notify_message(std::string_view audio_url, const std::vector<Speech::Subtitle>& subtitles) {
  json::array shown;
  for (const Speech::Subtitle& subtitle : subtitles) {
    shown.push_back(json::object{{"start_ms", subtitle.start.count()},
                                 {"text", json::clean_text(subtitle.text, kMaxShownTextBytes)}});
  }
  return json::serialize(
      json::object{{"type", "notify"}, {"audio_url", audio_url}, {"subtitles", std::move(shown)}});
}

std::string goodbye_message(const SessionId& session) {
  return json::serialize(message("goodbye", session));
}

}  // namespace earshot::gateway
