#include "worker/providers/llm/commands_first.h"

#include <utility>

#include "common/base/check.h"

namespace earshot::worker {

CommandsFirst::CommandsFirst(LlmProvider& model, const IntentBrain& commands)
    : model_(model), commands_(commands) {
  EARSHOT_CHECK(!model_.remembers(), "a model that keeps the dialogue itself would miss turns");
}

std::unique_ptr<LlmStream> CommandsFirst::chat(LlmRequest request, Executor executor,
                                               LlmCallbacks callbacks) {
  if (commands_.is_sure_of(request))
    return commands_.answer(std::move(request), std::move(executor), std::move(callbacks));
  return model_.chat(std::move(request), std::move(executor), std::move(callbacks));
}

}  // namespace earshot::worker
