// The embedded brain: rules that map what was said onto the device's own tools. No network, no model.
#pragma once

#include "worker/providers/llm/intent_matcher.h"
#include "worker/providers/llm/skill.h"
#include "worker/stages/llm.h"

namespace earshot::worker {

// Runs on: chat() from any thread, callbacks on the given executor.
// Owns: the compiled phrases; no state of any session: all that it needs is in the dialogue.
class IntentBrain final : public LlmProvider {
 public:
  std::unique_ptr<LlmStream> chat(LlmRequest request, Executor executor, LlmCallbacks callbacks) override;
  // Whether the last kUser message is one of its intents.
  bool can_stand_in(const LlmRequest& request) const override;

  // The next step of the turn that the last kUser message began. Pure.
  BrainStep think(const LlmRequest& request) const;

 private:
  IntentMatcher matcher_;
};

}  // namespace earshot::worker
