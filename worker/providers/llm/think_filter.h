// Drops what a model thinks aloud in its text, in any spelling that models have for it: <think>, <Thinking>,
// <thought id="1">, <seed:think>, [THINK], ◁think▷, <|begin_of_thought|>, <|START_THINKING|>, the channels of
// Gemma and Harmony (vLLM's reasoning parsers; provider-protocol 1.1). So are marks that only frame the
// answer. Pure.
//
// Some chat templates put the opening mark into the prompt, so that a reply begins in the middle of a thought.
// Nobody can tell before the end mark comes: such a first reply is heard. A reply of a service that is known for
// it is held back until the end mark (`may_begin_inside`), and given out if none comes.
// Bounded: at most kMaxHeldBytes are held back; what exceeds it is dropped.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "worker/providers/llm/marked_text.h"

namespace earshot::worker {

class ThinkFilter {
 public:
  static constexpr std::size_t kMaxHeldBytes = 64 * 1024;

  explicit ThinkFilter(bool may_begin_inside = false);

  // RETURNS: what is to be said.
  std::string feed(std::string_view piece);
  std::string finish();

  // true: an end mark came behind words and no beginning. false: words were held back in vain. nullopt: nothing
  // was seen that tells.
  std::optional<bool> unopened_thought() const { return unopened_; }

 private:
  enum class State { kOutside, kInside, kHeldBack };

  void read(std::string_view piece, bool last, std::string& out);
  void on_text(std::string_view text, std::string& out);
  void on_mark(int row, std::string_view text, std::string& out);
  void release(std::string& out);

  MarkedText marks_;
  State state_;
  int family_ = 0;          // of the mark that began the thought
  std::string held_;        // in kHeldBack
  bool has_words_ = false;  // outside thoughts
  bool opened_ = false;     // a thought began with its mark
  char before_ = 0;         // the byte in front of a mark
  std::optional<bool> unopened_;
};

}  // namespace earshot::worker
