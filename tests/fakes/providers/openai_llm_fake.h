// chat/completions as servers speak it (provider-protocol 1.1, 11.1). FastGPT's is the same stream.
#pragma once

#include <atomic>

#include "tests/fakes/providers/llm_reply.h"

namespace earshot::fakes {

class OpenAiLlmFake {
 public:
  // How servers differ, and what goes wrong.
  enum class Variant {
    kPlain,              // role chunk, words, split calls, finish, usage, [DONE]; the connection stays open
    kMergedUsage,        // usage on the finish chunk
    kNoDone,             // ends behind the usage
    kOpenAfterFinish,    // neither usage nor [DONE], and the stream stays open
    kBreaksOff,          // ends in order without a finish
    kErrorMidStream,     // an error object behind two words
    kWholeAnswer,        // one JSON object although a stream was asked for
    kWholeCallsNoIndex,  // each call in one piece, without index and id
    kReasoningField,     // thinks in `reasoning_content`, then speaks
    kThinkTags,          // thinks in the text
    kTextCalls,          // writes calls into the text
    kRefusesStreamOptions,          // 400 to `stream_options`
    kRefusesStreamOptionsAndTools,  // the one after the other
    kRefusesHeat,                   // 400 to a temperature of 1.5
    kOrphanThinkEnd,                // thinks in the text, with the opening tag in the prompt
    kNamedEvents,                   // FastGPT with detail: events with names, most of them not for ears
  };

  explicit OpenAiLlmFake(LlmBrain brain, LlmDelays delays = {});

  std::string base_url() const { return server_.url("/v1"); }
  void set_variant(Variant variant) { variant_ = variant; }
  void set_delays(LlmDelays delays) { delays_ = delays; }  // before the first request
  FakeHttpServer& server() { return server_; }

 private:
  void answer(const FakeRequest& request, FakeAnswer& answer);

  LlmBrain brain_;
  LlmDelays delays_;
  std::atomic<Variant> variant_{Variant::kPlain};
  FakeHttpServer server_;  // last: its threads end before the rest goes
};

}  // namespace earshot::fakes
