#include "worker/providers/tts/volcengine_speech.h"

#include <utility>

#include "common/json/json.h"
#include "worker/providers/tts/speech_errors.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxPayloadBytes = 1024 * 1024;
constexpr std::string_view kService = "volcengine tts";

// Events of family E (provider-protocol 4.4).
enum Event : std::int32_t {
  kStartConnection = 1,
  kConnectionStarted = 50,
  kConnectionFailed = 51,
  kConnectionFinished = 52,
  kStartSession = 100,
  kCancelSession = 101,
  kFinishSession = 102,
  kSessionStarted = 150,
  kSessionCanceled = 151,
  kSessionFinished = 152,
  kSessionFailed = 153,
  kTaskRequest = 200,
  kTtsResponse = 352,
};

Error failure(const VolcFrame& frame) {
  if (frame.type == VolcType::kError) return failed(kService, std::to_string(frame.error_code));
  return failed(kService, error_word(frame.payload));
}

}  // namespace

SpeechStep VolcengineSpeech::opened() {
  SpeechStep step;
  step.send.push_back(frame(kStartConnection, "{}"));
  return step;
}

SpeechStep VolcengineSpeech::speak(const TtsRequest& request) {
  line_ = SpeechLine::kBusy;
  session_ = ids_();
  text_ = request.text;
  cancelled_ = false;
  SpeechStep step;
  step.send.push_back(frame(kStartSession, request_payload(kStartSession, "")));
  return step;
}

SpeechStep VolcengineSpeech::cancel() {
  SpeechStep step;
  if (line_ != SpeechLine::kBusy || cancelled_) return step;
  cancelled_ = true;
  text_.clear();
  step.send.push_back(frame(kCancelSession, "{}"));
  return step;
}

SpeechStep VolcengineSpeech::text(std::string_view /*message*/) {
  return {};  // the protocol is binary
}

SpeechStep VolcengineSpeech::binary(ByteView message) {
  SpeechStep step;
  const auto decoded = decode_volc(message, kMaxPayloadBytes);
  if (!decoded) {
    line_ = SpeechLine::kDead;
    step.ended = Error{ErrorCode::kUnavailable, std::string(kService) + ": a frame that is none"};
    return step;
  }
  // Errors and the end of the connection concern everything on it.
  const std::int32_t event = decoded->event.value_or(0);
  if (decoded->type == VolcType::kError || event == kConnectionFailed || event == kConnectionFinished) {
    line_ = SpeechLine::kDead;
    step.ended = failure(*decoded);
    return step;
  }
  if (event == kConnectionStarted) {
    if (line_ == SpeechLine::kOpening) line_ = SpeechLine::kIdle;
    return step;
  }
  // Late frames of a session that is over stop here.
  if (line_ != SpeechLine::kBusy || decoded->id != session_) return step;
  return of_session(*decoded);
}

SpeechStep VolcengineSpeech::of_session(const VolcFrame& received) {
  SpeechStep step;
  switch (received.event.value_or(0)) {
    case kSessionStarted:
      if (text_.empty()) break;
      step.send.push_back(frame(kTaskRequest, request_payload(kTaskRequest, std::exchange(text_, {}))));
      step.send.push_back(frame(kFinishSession, "{}"));
      break;
    case kTtsResponse:
      if (!cancelled_) step.audio = received.payload;
      break;
    case kSessionFinished:
    case kSessionCanceled:
      line_ = SpeechLine::kIdle;
      if (!cancelled_) step.ended = kDone;
      break;
    case kSessionFailed:
      line_ = SpeechLine::kIdle;  // only the session failed
      if (!cancelled_) step.ended = failure(received);
      step.throttled = is_throttled(error_word(received.payload));
      break;
    default:  // 154 usage, 350 and 351 sentences, 359: the sentence is known here
      break;
  }
  return step;
}

SpeechFrame VolcengineSpeech::frame(std::int32_t event, const std::string& payload) const {
  const bool of_connection = event == kStartConnection;
  const Bytes bytes = encode_volc({.type = VolcType::kFullClient,
                                   .json = true,
                                   .last = false,
                                   .sequence = std::nullopt,
                                   .event = event,
                                   .id = of_connection ? "" : session_,
                                   .error_code = 0,
                                   .payload = payload},
                                  false);
  return {.binary = true, .data = std::string(as_text(bytes))};
}

std::string VolcengineSpeech::request_payload(std::int32_t event, const std::string& text) const {
  // `additions` is a JSON text within the JSON.
  const json::object additions{{"post_process", {{"pitch", voice_.pitch}}}};
  const json::object payload{{"user", {{"uid", "earshot"}}},
                             {"event", event},
                             {"namespace", "BidirectionalTTS"},
                             {"req_params",
                              {{"text", text},
                               {"speaker", voice_.speaker},
                               {"audio_params",
                                {{"format", "pcm"},
                                 {"sample_rate", voice_.sample_rate_hz},
                                 {"speech_rate", voice_.speech_rate},
                                 {"loudness_rate", voice_.loudness_rate}}},
                               {"additions", json::serialize(additions)}}}};
  return json::serialize(payload);
}

}  // namespace earshot::worker
