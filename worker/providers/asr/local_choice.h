// A spoken command, or free speech? Two readings of one utterance, by a grammar that knows commands only and by a
// model that knows English, become one. Pure.
#pragma once

#include <string_view>

#include "worker/stages/asr.h"

namespace earshot::worker {

// Confidences are those of the grammar, command_score(). The numbers come from 120 commands and 120 free sentences in
// four synthetic voices and 24 recordings of people (earshot-bench-speech --details).

// The model's text is not asked for: no free sentence came near (the highest had 9), two of three commands have more.
inline constexpr double kSureCommand = 15;
// What a command needs, its confidence and kLikeness times its likeness to the model's text together. Clean, the least
// of the commands that were heard right had 13.5; of free sentences the grammar takes one in ten, at most with 8.2.
inline constexpr double kEnough = 11;
inline constexpr double kLikeness = 40;
// Where speech stands less than that above the noise (utterance_noise.h) the model mishears more than the grammar: 10 dB
// of white noise leave it every second word. What is enough there keeps the commands that the grammar hears right, and
// of 120 free sentences takes 4 for commands, where the grammar alone takes 18.
inline constexpr double kNoisyDb = 16;
inline constexpr double kEnoughInNoise = -5;

// The command stands, whatever a model may read.
bool is_sure(const Transcript& command);

// How much two texts sound alike, by their letters: 0 not at all, 1 the same. Numbers are left out of both, which the
// model writes in figures; so are marks and capitals.
double likeness(std::string_view command, std::string_view free_text);

// `command`: the grammar's reading; not understood: it fits no command. `free_text`: the model's, "" for nothing.
// `speech_over_noise_db`: of the utterance.
//
// - A sure command stands.
// - One that the grammar takes stands when the model's text is like it, the less like the surer the grammar is; but not
//   when the model has read a sentence of many more words, which the grammar then was bent to fit. So the model's
//   mishearings ("Vol. 100.", "Newt the sound.") displace no command.
//   Nor when the model has read the command and more: "what time is it in Paris".
// - Else it is the model's text.
// - Neither has words: an empty text, which a conversation passes over as it does a cough. The grammar's refusal alone
//   does not say that anybody spoke: it refuses noise as well.
Transcript choose(const Transcript& command, std::string_view free_text, double speech_over_noise_db);

}  // namespace earshot::worker
