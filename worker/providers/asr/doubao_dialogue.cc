#include "worker/providers/asr/doubao_dialogue.h"

#include "common/json/json.h"
#include "worker/providers/asr/transcript_text.h"
#include "worker/providers/net/volc_frames.h"

namespace earshot::worker {

namespace {

// provider-protocol 3.4; the first three digits tell the class of the others.
constexpr std::uint32_t kOk = 20000000;
constexpr std::uint32_t kSilence = 20000003;
constexpr std::uint32_t kEmptyAudio = 45000002;
constexpr std::uint32_t kPacketTimeout = 45000081;

WsMessage framed(VolcFrame frame) {
  const Bytes bytes = encode_volc(frame, true);
  return {.binary = true, .bytes = std::string(as_text(bytes))};
}

Error service_error(std::uint32_t code) {
  Error error{ErrorCode::kUnavailable, "Doubao ASR reports error " + std::to_string(code)};
  if (code == kPacketTimeout) {
    error.code = ErrorCode::kTimeout;
  } else if (code / 1000000 == 45) {
    error.code = ErrorCode::kInvalid;
    error.message += ": check resource_id and the settings";
  }
  return error;
}

}  // namespace

std::vector<WsMessage> DoubaoDialogue::begin() {
  text_.clear();
  started_ = false;
  json::object audio{{"format", "pcm"}, {"codec", "raw"}, {"rate", 16000}, {"bits", 16}, {"channel", 1}};
  if (!task_.language.empty()) audio["language"] = task_.language;
  json::object request{{"model_name", task_.model}, {"enable_itn", true},      {"enable_punc", true},
                       {"enable_ddc", false},       {"show_utterances", true}, {"result_type", "full"}};
  if (!task_.boosting_table.empty()) {
    request["corpus"] = json::object{{"boosting_table_name", task_.boosting_table}};
  }
  const json::object all{{"user", json::object{{"uid", "earshot"}}}, {"audio", audio}, {"request", request}};
  VolcFrame frame;
  frame.payload = json::serialize(all);
  return {framed(std::move(frame))};
}

WsMessage DoubaoDialogue::audio(std::span<const std::int16_t> pcm_16khz) {
  VolcFrame frame;
  frame.type = VolcType::kAudioClient;
  frame.json = false;
  frame.payload = pcm_bytes(pcm_16khz);
  return framed(std::move(frame));
}

Result<WsStep> DoubaoDialogue::receive(bool binary, ByteView bytes) {
  if (!binary) return WsStep::kContinue;
  const auto frame = decode_volc(bytes, kMaxAsrMessageBytes);
  if (!frame) return frame.error();
  if (frame->type == VolcType::kError) {
    if (frame->error_code == kSilence || frame->error_code == kEmptyAudio) return WsStep::kEnded;
    if (frame->error_code != kOk) return service_error(frame->error_code);
    return WsStep::kContinue;
  }
  if (frame->type != VolcType::kFullServer) return WsStep::kContinue;
  if (!frame->payload.empty()) {
    const auto reply = json::parse_object(frame->payload, kMaxAsrMessageBytes);
    if (!reply) return Error{reply.error().code, "Doubao ASR sent what is no JSON"};
    if (const auto code = json::find_int(*reply, "code");
        code && *code != 0 && *code != kOk && *code != 1000) {
      return service_error(static_cast<std::uint32_t>(*code));
    }
    const auto* result = json::find_object(*reply, "result");
    const auto text = result != nullptr ? json::find_string(*result, "text") : std::nullopt;
    if (text) text_ = clean_transcript(*text);
  }
  if (frame->last) return WsStep::kEnded;
  if (started_) return WsStep::kContinue;
  started_ = true;
  return WsStep::kStarted;
}

std::vector<WsMessage> DoubaoDialogue::finish() {
  VolcFrame frame;
  frame.type = VolcType::kAudioClient;
  frame.json = false;
  frame.last = true;
  return {framed(std::move(frame))};
}

}  // namespace earshot::worker
