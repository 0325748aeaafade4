// How far the speech of an utterance stands above the noise around it. Pure.
#pragma once

#include <cstdint>
#include <span>

namespace earshot::worker {

// Between the frame of 20 ms that a tenth of all are quieter than and the one that a twentieth are louder than, in dB.
// Speech in a quiet room has 30 and more; with noise 10 dB below it, 10 to 14. 0 for less than 200 ms.
double speech_over_noise_db(std::span<const std::int16_t> pcm_16khz);

}  // namespace earshot::worker
