// Kind words back. Pure.
#pragma once

#include "worker/providers/llm/skill.h"
#include "worker/providers/llm/wishes/wish.h"

namespace earshot::worker {

// `turns`: how many the user has had: what can be said in several ways varies with it.
BrainStep chat_a_little(WishKind kind, std::size_t turns, const SkillInput& input);

}  // namespace earshot::worker
