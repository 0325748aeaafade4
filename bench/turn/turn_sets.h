// What the users of the bench say: sentences whose words look finished, ones where nobody can tell, and the
// set with pauses inside.
#pragma once

#include <vector>

#include "bench/turn/spoken_script.h"

namespace earshot::bench {

// Each sentence once; the recogniser writes a question mark behind it.
std::vector<SpokenScript> finished_sentences();
// The same without any mark, as many recognisers write.
std::vector<SpokenScript> open_sentences();
// Free questions, for a recogniser that really listens.
std::vector<SpokenScript> free_questions();
// Sentences with one pause inside, at places where people pause, for each of `pauses`: half of them behind a
// word that asks for more, half where the words so far could be all.
std::vector<SpokenScript> sentences_with_pauses(const std::vector<Milliseconds>& pauses);

}  // namespace earshot::bench
