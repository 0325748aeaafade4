#include "worker/providers/asr/deepgram_dialogue.h"

#include "common/json/json.h"

namespace earshot::worker {

namespace {

std::optional<double> find_number(const json::object& from, std::string_view key) {
  const auto* found = from.if_contains(key);
  if (found == nullptr || !found->is_number()) return std::nullopt;
  return found->to_number<double>();
}

}  // namespace

std::vector<WsMessage> DeepgramDialogue::begin() {
  joiner_.clear();
  decided_.reset();
  confidence_ = 0;
  closing_ = false;
  return {};  // everything is in the URL
}

Result<WsStep> DeepgramDialogue::receive(bool binary, ByteView bytes) {
  if (binary) return WsStep::kContinue;
  const auto message = json::parse_object(as_text(bytes), kMaxAsrMessageBytes);
  if (!message) return Error{message.error().code, "Deepgram sent what is no JSON: check the URL"};
  const std::string_view type = json::find_string(*message, "type").value_or("");
  if (type == "Error") return Error{ErrorCode::kUnavailable, "Deepgram reports an error"};
  if (type == "Metadata" && closing_) return WsStep::kEnded;  // the last message
  if (type != "Results") return WsStep::kContinue;

  const auto* channel = json::find_object(*message, "channel");
  const auto* alternatives = channel != nullptr ? json::find_array(*channel, "alternatives") : nullptr;
  if (alternatives == nullptr || alternatives->empty()) return WsStep::kContinue;
  const auto* best = alternatives->front().if_object();
  if (best == nullptr) return WsStep::kContinue;
  const std::string_view text = json::find_string(*best, "transcript").value_or("");
  if (!json::find_bool(*message, "is_final").value_or(false)) {
    joiner_.set_partial(text);
    return WsStep::kContinue;
  }
  const auto start = find_number(*message, "start");
  if (start && start == decided_) {
    joiner_.replace_last(text);  // said twice
  } else {
    joiner_.commit(text);
  }
  if (!text.empty()) {
    decided_ = start;
    confidence_ = find_number(*best, "confidence").value_or(confidence_);
  }
  return WsStep::kContinue;
}

std::vector<WsMessage> DeepgramDialogue::finish() {
  closing_ = true;
  return {{.binary = false, .bytes = R"({"type":"CloseStream"})"}};
}

}  // namespace earshot::worker
