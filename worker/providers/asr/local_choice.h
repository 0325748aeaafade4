// A spoken command, or free speech? Two readings of one utterance, by a grammar that knows commands only and by a
// model that knows English, become one. Pure.
#pragma once

#include <string_view>

#include "worker/stages/asr.h"

namespace earshot::worker {

// Above this confidence of the grammar (command_score()) what the model reads is not asked for.
inline constexpr double kSureCommand = 0;

// The command stands, whatever a model may read.
bool is_sure(const Transcript& command);

// `command`: the grammar's reading; not understood: it fits no command. `free_text`: the model's, "" for nothing.
//
// - A sure command stands.
// - One that the grammar takes stands too, unless the model's words say clearly that it was bent to fit: a sentence
//   with many more words than the command has. The model's numbers and short words are not trusted against a command:
//   it writes "Vol. 100." for "volume to one hundred".
// - Else it is the model's text.
// - Neither has words: an empty text, which a conversation passes over as it does a cough. The grammar's refusal alone
//   does not say that anybody spoke: it refuses noise as well.
Transcript choose(const Transcript& command, std::string_view free_text);

}  // namespace earshot::worker
