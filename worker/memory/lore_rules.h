// How an agent looks into its documents (docs/lore.md).
#pragma once

namespace earshot::worker {

struct LoreRules {
  static constexpr int kMaxDepth = 8;

  int depth = 0;           // passages that reach the model with a question, at most; 0: none are looked for
  double threshold = 0.3;  // so much of the question's words a passage has to share, 0 to 1
};

}  // namespace earshot::worker
