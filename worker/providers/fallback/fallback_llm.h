// A brain of several: one that refuses, stalls or breaks off is replaced inside the same turn.
//
//  - Before any output the next one gets the same request.
//  - After text the next one gets the dialogue with that text and goes on from there; what it repeats is left
//    out. A service that keeps the dialogue itself and the embedded brain cannot go on with another's words:
//    they are passed over, and without any other the reply ends with the error.
//  - After a complete tool call the round ends as if the brain had finished: the call is answered, and the
//    next round goes on. So no call is ever made twice.
//  - A reply without a word and without a call counts as a failure, but behind a tool's answer: what there was to
//    say may have been said in the round of the call.
//  - An embedded brain takes the place of a service only for what it understands (can_stand_in()). Else the reply
//    ends with the service's error: whoever asked says so, instead of "I did not understand".
//  - Signs of life (on_alive) count as much as words.
#pragma once

#include <memory>
#include <vector>

#include "worker/providers/fallback/fallback_chain.h"
#include "worker/stages/llm.h"

namespace earshot::worker {

// Runs on: chat() from any thread, callbacks on the given executor.
// Owns: the providers, with the chains that share them. Streams may outlive it.
class FallbackLlm final : public LlmProvider {
 public:
  // REQUIRES: at least one provider. `clock` outlives provider and streams.
  FallbackLlm(ChainEntries<LlmProvider> providers, FallbackLimits limits, const Clock& clock);

  std::unique_ptr<LlmStream> chat(LlmRequest request, Executor executor, LlmCallbacks callbacks) override;
  bool remembers() const override { return remembers_; }  // any of them does

  const FallbackChain<LlmProvider>& chain() const { return *chain_; }

 private:
  std::shared_ptr<FallbackChain<LlmProvider>> chain_;
  bool remembers_ = false;
};

}  // namespace earshot::worker
