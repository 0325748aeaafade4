// The brain: a dialogue and the tools on offer in; text and tool calls out, streamed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/asio/asio.h"
#include "common/base/result.h"
#include "worker/stages/dialogue.h"
#include "worker/stages/provider_note.h"

namespace earshot::worker {

// What a caller asks of one answer. A service that knows no such option answers as it is configured.
struct LlmWish {
  enum class ToolUse : std::uint8_t { kAuto, kNone, kRequired };  // kRequired: in the first round of a turn
  std::optional<double> temperature = std::nullopt;               // 0 to 2
  std::uint32_t max_tokens = 0;                                   // 0: no wish
  ToolUse tool_use = ToolUse::kAuto;
  std::string only_tool = {};  // with kRequired: the one that is offered
};

struct LlmRequest {
  std::vector<Message> dialogue;  // ends with kUser, or with kTool when calls were answered
  std::vector<ToolSpec> tools;
  std::string language;      // BCP 47, of the reply
  bool understood = true;    // false: the last kUser message stands for speech that could not be understood
  std::string session = {};  // lasts as long as the conversation: for a service that keeps the dialogue
  std::string device = {};   // who asks, the same in every session; empty: unknown
  LlmWish wish = {};
};

struct LlmUsage {
  std::uint32_t prompt_tokens = 0;
  std::uint32_t completion_tokens = 0;
};

// Called on the executor given to chat(), never from inside it; none after cancel() returned.
struct LlmCallbacks {
  std::function<void(const std::string& delta)> on_text;
  std::function<void(const std::string& emotion)> on_emotion;  // optional; one of the device's 21 names
  std::function<void(ToolCall)> on_tool_call;
  std::function<void(Status)> on_done;  // exactly once; after tool calls: answer them and chat() again
  std::function<void(LlmUsage)> on_usage = nullptr;  // optional; at most once, before on_done
  // Optional: the model works although nothing can be shown: it thinks, writes the arguments of a call, or the
  // service keeps the connection alive. Whoever waits for it waits anew.
  std::function<void()> on_alive = nullptr;
  OnProvider on_provider = nullptr;  // optional
};

// Destroying it cancels.
class LlmStream {
 public:
  virtual ~LlmStream() = default;
  virtual void cancel() = 0;
};

class LlmProvider {
 public:
  virtual ~LlmProvider() = default;
  virtual std::unique_ptr<LlmStream> chat(LlmRequest request, Executor executor, LlmCallbacks callbacks) = 0;
  // Could it answer `request` in the place of another one? An engine that knows a few things only answers the
  // rest with that it did not understand, which is worse than to hear that the service does not answer.
  virtual bool can_stand_in(const LlmRequest& /*request*/) const { return true; }
  // True: the service keeps the dialogue, so what was sent cannot be taken back. Never speculate with it.
  virtual bool remembers() const { return false; }
};

}  // namespace earshot::worker
