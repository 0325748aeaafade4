// What is said without a brain: the one place where the conversation itself finds words, in the languages of
// the table in the .cc and else in English. `language` is a BCP 47 tag. Pure.
#pragma once

#include <string>
#include <string_view>

namespace earshot::worker {

enum class Apology {
  kHeardNothing,  // push-to-talk, and no speech in it
  kNotHeard,      // the recogniser failed or was late
  kNoAnswer,      // the brain failed, was late, or went round in circles
  kNoVoice,       // the synthesis failed: shown, not spoken
};

std::string apology_text(Apology apology, std::string_view language);
std::string alert_title(std::string_view language);
std::string farewell_text(std::string_view language);
std::string filler_text(std::string_view language);  // while a tool takes its time
// Shown to who holds the key for longer than anybody is heard.
std::string speech_limit_text(std::string_view language);

}  // namespace earshot::worker
