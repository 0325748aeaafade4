// How often a voice detector takes a sound without speech for an utterance, with the endpointer of a conversation
// behind it. Pure: time is that of the sound.
#pragma once

#include "common/audio/pcm.h"
#include "worker/stages/vad.h"

namespace earshot::bench {

struct Triggers {
  double seconds = 0;
  double speech_seconds = 0;  // in frames that the detector takes for speech
  int started = 0;            // utterances that began: a recogniser is opened
  int ended = 0;              // of them, those long enough to be read: a turn, if words are found

  Triggers& operator+=(const Triggers& more);
};

Triggers count_triggers(worker::Vad& vad, const Pcm& sound);

}  // namespace earshot::bench
