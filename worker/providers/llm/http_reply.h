// One answer of a remote brain over HTTP, from the request to on_done. A thin driver: what the bytes mean is
// said by ReplyDecoder and the service's ReplyReader.
//
// Runs on: the I/O thread of the ProviderContext, callbacks too:
// the executor given to chat() is of that thread.
// Owns: the HTTP call and its deadlines. Bytes that show nothing are told as signs of life, at most ten a second.
// Borrows: the HttpClient.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "worker/providers/llm/reply_decoder.h"
#include "worker/providers/llm/thought_habit.h"
#include "worker/providers/net/http_client.h"
#include "worker/providers/provider_context.h"
#include "worker/stages/llm.h"

namespace earshot::worker {

struct HttpReplyPlan {
  std::string label;  // in front of every error: "openai api.deepseek.com"
  HttpCall call;
  ReplyDecoder::Framing framing = ReplyDecoder::Framing::kServerSentEvents;
  std::function<std::unique_ptr<ReplyReader>()> make_reader;
  ReplyContext context;

  // A call that must be answered first; from its answer `complete` finishes `call`.
  struct Preparation {
    HttpCall call;
    std::function<Status(std::string_view body, HttpCall& call)> complete;
    bool needed = true;  // false: `complete` is asked even if the service refuses it
  };
  std::optional<Preparation> prepare = std::nullopt;
  // What to send instead after a refusal; nullopt: the refusal stands. Asked again after each refusal, at most
  // kMaxAmendments times.
  std::function<std::optional<HttpCall>(int status, std::string_view body)> amend = nullptr;
  static constexpr int kMaxAmendments = 4;
  // What the service remembers of this dialogue.
  std::function<void(const ReplyEvents&)> on_identified = nullptr;
  // Of the service; learns from this reply. nullptr: its replies are never held back for a thought.
  std::shared_ptr<ThoughtHabit> habit = nullptr;
};

std::unique_ptr<LlmStream> start_http_reply(const ProviderContext& context, HttpReplyPlan plan,
                                            LlmCallbacks callbacks);
// For requests that cannot be sent at all.
std::unique_ptr<LlmStream> refuse_reply(const ProviderContext& context, std::string label, const Error& error,
                                        LlmCallbacks callbacks);

}  // namespace earshot::worker
