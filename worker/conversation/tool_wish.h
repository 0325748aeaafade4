// Which tools a round of a turn offers, as its caller wishes. Pure.
#pragma once

#include "worker/stages/llm.h"

namespace earshot::worker {

// `called`: a tool was called in this turn already. Then the model decides: who has to call one in each round never
// comes to say anything.
void choose_tools(LlmRequest& request, bool called);

}  // namespace earshot::worker
