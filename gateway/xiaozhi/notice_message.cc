#include "gateway/xiaozhi/notice_message.h"

#include <variant>

#include "gateway/xiaozhi/down_message.h"

namespace earshot::gateway {

namespace {

// The icon is one that the firmware uses itself (6.2).
constexpr std::string_view kBusyStatus = "Busy";
constexpr std::string_view kBusyMessage = "All voice workers are busy. Please try again in a moment.";
constexpr std::string_view kBusyEmotion = "cloud_off";

struct Wording {
  const SessionId& session;

  std::string operator()(const Transcript& heard) const { return stt_message(session, heard.text); }
  std::string operator()(const Face& face) const { return llm_message(session, face.emotion, face.text); }
  std::string operator()(const Alert& alert) const {
    return alert_message(session, alert.status, alert.message, alert.emotion);
  }
  std::string operator()(const TurnBegan&) const { return tts_start_message(session); }
  std::string operator()(const SentenceBegan& sentence) const {
    return sentence_start_message(session, sentence.text);
  }
  std::string operator()(const TurnEnded&) const { return tts_stop_message(session); }
};

}  // namespace

std::string notice_message(const SessionId& session, const Notice& notice) {
  return std::visit(Wording{session}, notice);
}

std::string busy_message(const SessionId& session) {
  return alert_message(session, kBusyStatus, kBusyMessage, kBusyEmotion);
}

}  // namespace earshot::gateway
