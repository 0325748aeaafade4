#include "worker/providers/asr/funasr_dialogue.h"

#include "common/json/json.h"

namespace earshot::worker {

namespace {

constexpr int kHotwordWeight = 20;  // as in FunASR's own examples

}  // namespace

std::vector<WsMessage> FunasrDialogue::begin() {
  joiner_.clear();
  stopped_ = false;
  json::object start{{"mode", task_.dialect == FunasrDialect::kCppOffline ? "offline" : "2pass"},
                     {"chunk_size", json::array{5, 10, 5}},
                     {"chunk_interval", 10},
                     {"wav_name", "utterance"},
                     {"wav_format", "pcm"},
                     {"audio_fs", 16000},
                     {"is_speaking", true},
                     {"itn", task_.itn}};
  if (!task_.hotwords.empty()) {
    json::object weights;
    for (const std::string& word : task_.hotwords) weights[word] = kHotwordWeight;
    start["hotwords"] = json::serialize(weights);  // JSON in a string
  }
  if (!task_.language.empty()) {
    start["svs_lang"] = task_.language;
    start["svs_itn"] = task_.itn;
  }
  return {{.binary = false, .bytes = json::serialize(start)}};
}

Result<WsStep> FunasrDialogue::receive(bool binary, ByteView bytes) {
  if (binary) return WsStep::kContinue;
  const auto message = json::parse_object(as_text(bytes), kMaxAsrMessageBytes);
  if (!message) return Error{message.error().code, "FunASR sent what is no JSON: check the URL"};
  const std::string_view text = json::find_string(*message, "text").value_or("");
  const std::string_view mode = json::find_string(*message, "mode").value_or("");
  const bool is_final = json::find_bool(*message, "is_final").value_or(false);
  if (text.starts_with("ERROR.")) return Error{ErrorCode::kInvalid, "FunASR refuses the audio's format"};

  const bool decided = mode != "2pass-online" && mode != "online";
  if (decided) {
    joiner_.commit(text);
  } else {
    joiner_.add_partial(text);
  }
  if (!stopped_) return WsStep::kContinue;
  switch (task_.dialect) {
    case FunasrDialect::kCpp2pass:
      // Servers that never say is_final are known as well: quiet behind a decided segment ends it too.
      return is_final ? WsStep::kEnded : decided ? WsStep::kSettling : WsStep::kContinue;
    case FunasrDialect::kCppOffline:
      return WsStep::kEnded;
    case FunasrDialect::kPyWss:
      return decided ? WsStep::kSettling : WsStep::kContinue;
  }
  return WsStep::kContinue;
}

std::vector<WsMessage> FunasrDialogue::finish() {
  stopped_ = true;
  return {{.binary = false, .bytes = R"({"is_speaking":false})"}};
}

bool FunasrDialogue::whole(bool /*closed*/) const {
  return !joiner_.empty() || task_.dialect == FunasrDialect::kPyWss;
}

}  // namespace earshot::worker
