// Is what somebody said over a reply meant to end it? Pure.
#pragma once

#include <string_view>

namespace earshot::worker {

struct InterruptionPolicy {
  // Fewer words do not end a reply. A character of Chinese or Japanese, and a word of any other script, is one.
  int min_words = 1;
  // A reply that was held up by sounds without words goes on. false: any speech over it ends it at once.
  bool resume = true;
};

// `words`: as recognised so far; empty: none were. While the reply goes on, a listener's "mhm", "I see" or 嗯
// (a backchannel) does not end it; it does when nothing more is to come, because then it is an answer.
bool is_interruption(std::string_view words, bool reply_goes_on, const InterruptionPolicy& policy);

// How many words, as InterruptionPolicy counts them.
int spoken_words(std::string_view text);

}  // namespace earshot::worker
