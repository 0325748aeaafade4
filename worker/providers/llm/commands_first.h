// A model behind the embedded brain: commands that this surely understands ("louder", "volume fifty", "stop") run at
// once, everything else is the model's. The dialogue keeps what was said and called, so the model knows of it in the
// next turn.
//
// Runs on: chat() from any thread, callbacks on the given executor.
// Borrows: both brains, which outlive it and its streams.
#pragma once

#include <memory>

#include "worker/providers/llm/intent_brain.h"
#include "worker/stages/llm.h"

namespace earshot::worker {

class CommandsFirst final : public LlmProvider {
 public:
  // A model that keeps the dialogue itself would never hear of such a turn: none such.
  // REQUIRES: !model.remembers().
  CommandsFirst(LlmProvider& model, const IntentBrain& commands);

  std::unique_ptr<LlmStream> chat(LlmRequest request, Executor executor, LlmCallbacks callbacks) override;

 private:
  LlmProvider& model_;
  const IntentBrain& commands_;
};

}  // namespace earshot::worker
