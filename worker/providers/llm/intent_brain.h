// The embedded brain: rules that map what was said onto the device's and the worker's own tools, and an honest
// answer to everything else. No network, no model; it looks for one on this machine only to tell of it.
#pragma once

#include <memory>
#include <string_view>

#include "worker/providers/llm/intent_matcher.h"
#include "worker/providers/llm/skill.h"
#include "worker/providers/llm/wishes/model_search.h"
#include "worker/stages/llm.h"

namespace earshot::worker {

// Runs on: chat() from any thread, callbacks on the given executor; with a search, all on its thread.
// Owns: the compiled phrases and the search; no state of any session: all that it needs is in the dialogue.
class IntentBrain final : public LlmProvider {
 public:
  // `search`: asked in front of an honest answer; nullptr: no model is ever told of.
  explicit IntentBrain(std::unique_ptr<ModelSearch> search = nullptr);
  ~IntentBrain() override;

  std::unique_ptr<LlmStream> chat(LlmRequest request, Executor executor, LlmCallbacks callbacks) override;
  // Whether the last kUser message is one of its intents or wishes. Small talk and free speech are not: there it
  // would answer for a model that does better, or with what nobody asked for.
  bool can_stand_in(const LlmRequest& request) const override;

  // Whether the last kUser message is a command of a few words that means one thing whatever was said before, and for
  // which the device has the tool; and whether the turn, if it goes on, was begun here.
  bool is_sure_of(const LlmRequest& request) const;
  // chat() of what it is sure of.
  std::unique_ptr<LlmStream> answer(LlmRequest request, Executor executor, LlmCallbacks callbacks) const;

  // The next step of the turn that the last kUser message began. Pure. `model`: was found on this machine.
  BrainStep think(const LlmRequest& request, std::string_view model = "") const;

 private:
  bool is_free_speech(const LlmRequest& request) const;

  IntentMatcher matcher_;
  std::unique_ptr<ModelSearch> search_;
};

}  // namespace earshot::worker
