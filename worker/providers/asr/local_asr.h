// The local recogniser: a grammar of commands and, beside it, a model that reads free English speech.
#pragma once

#include <memory>

#include "common/base/clock.h"
#include "worker/providers/asr/local_utterance.h"
#include "worker/stages/asr.h"

namespace earshot::worker {

// Both read each utterance; choose() makes one text of what they read (local_choice.h). The model knows English: an
// utterance in another language is the grammar's alone, as without a model. When one of the two fails the other's
// reading stands. `max_utterance`: what is said later is not heard. Streams may outlive the provider.
std::unique_ptr<AsrProvider> make_local_asr(LocalRecognisers recognisers, Milliseconds max_utterance);

}  // namespace earshot::worker
