#include "bench/speech/false_triggers.h"

#include <span>

#include "worker/hearing/endpointer.h"

namespace earshot::bench {

using worker::Endpoint;
using worker::Endpointer;

Triggers& Triggers::operator+=(const Triggers& more) {
  seconds += more.seconds;
  speech_seconds += more.speech_seconds;
  started += more.started;
  ended += more.ended;
  return *this;
}

Triggers count_triggers(worker::Vad& vad, const Pcm& sound) {
  constexpr auto kFrame = static_cast<std::size_t>(worker::kVadFrameSamples);
  constexpr double kFrameSeconds = worker::kVadFrameMs / 1000.0;
  Triggers found;
  Endpointer endpointer{worker::EndpointerConfig{}};
  SteadyTime now{};
  vad.reset();
  endpointer.begin(Endpointer::Mode::kAutomatic, now);
  for (std::size_t at = 0; at + kFrame <= sound.samples.size(); at += kFrame) {
    const bool speech = vad.is_speech(std::span(sound.samples).subspan(at, kFrame));
    now += Milliseconds(worker::kVadFrameMs);
    found.seconds += kFrameSeconds;
    if (speech) found.speech_seconds += kFrameSeconds;
    const Endpoint endpoint = endpointer.on_frame(speech, now);
    if (endpoint == Endpoint::kSpeechStarted) ++found.started;
    if (endpoint == Endpoint::kSpeechEnded) ++found.ended;
    if (endpointer.idle()) endpointer.begin(Endpointer::Mode::kAutomatic, now);
  }
  return found;
}

}  // namespace earshot::bench
