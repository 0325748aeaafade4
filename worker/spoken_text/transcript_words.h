// Does a transcript hold words that somebody said? Recognisers write marks, emoji and notes for noise, and some
// write sentences that they have learnt from subtitles. Pure.
#pragma once

#include <string_view>

#include "common/base/clock.h"

namespace earshot::worker {

// `speech`: voiced sound in the utterance, as the detector counted it; 0: not known.
//
// false:
// - no letter and no digit in it: "。", "…!", a musical note. "好" and "5" are words.
// - all of it is a note in brackets, stars or musical notes: "[BLANK_AUDIO]", "(coughs)", "*laughs*", "♪ la la ♪".
// - all of it is a credit line that recognisers of the Whisper family write for silence and noise, and that nobody
//   says to a device: "Subtitles by the Amara.org community", "ご視聴ありがとうございました"; and the lone "You".
// - all of it is an ordinary short sentence that they write for a cough as well ("Thank you.", "Bye."), and there was
//   less sound than saying it takes (60 ms a syllable: faster than anybody speaks). A true "thank you" has more.
bool has_spoken_words(std::string_view transcript, Milliseconds speech);

}  // namespace earshot::worker
