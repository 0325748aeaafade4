#include "worker/providers/tts/espeak.h"

#include <espeak-ng/speak_lib.h>

#include <cmath>
#include <mutex>

namespace earshot::worker {

namespace {

constexpr int kBufferMs = 60;
constexpr int kIpa = 0x02;  // espeakPHONEMES_IPA: of espeak_TextToPhonemes()

// The library's one state.
std::mutex& espeak_state() {
  static std::mutex state;
  return state;
}

int on_espeak_samples(short* samples, int count, espeak_EVENT* events) {
  const auto& listener = *static_cast<const Espeak::OnSamples*>(events->user_data);
  const std::size_t given = samples == nullptr || count <= 0 ? 0 : static_cast<std::size_t>(count);
  return listener({samples, given}) ? 0 : 1;  // 1: stop
}

// REQUIRES: the state is locked.
Status choose(const std::string& voice) {
  if (espeak_SetVoiceByName(voice.c_str()) == EE_OK) return kDone;
  return Error{ErrorCode::kNotFound, "espeak-ng has no voice '" + voice + "'"};
}

}  // namespace

Result<Espeak> Espeak::load() {
  const std::lock_guard lock(espeak_state());
  static const int rate = [] {
    const int started =
        espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, kBufferMs, nullptr, espeakINITIALIZE_DONT_EXIT);
    if (started > 0) espeak_SetSynthCallback(&on_espeak_samples);
    return started;
  }();
  if (rate <= 0) {
    return Error{ErrorCode::kUnavailable, "espeak-ng cannot start: is the package espeak-ng-data installed?"};
  }
  return Espeak(rate);
}

Status Espeak::speak(const std::string& voice, const std::string& text, double speed,
                     const OnSamples& on_samples) const {
  const std::lock_guard lock(espeak_state());
  if (auto chosen = choose(voice); !chosen) return chosen;
  // It stays set: each speech says its own.
  espeak_SetParameter(espeakRATE, static_cast<int>(std::lround(espeakRATE_NORMAL * speed)), 0);
  OnSamples listener = on_samples;
  const auto failure =
      espeak_Synth(text.c_str(), text.size() + 1, 0, POS_CHARACTER, 0, espeakCHARS_UTF8, nullptr, &listener);
  if (failure != EE_OK) return Error{ErrorCode::kInternal, "espeak-ng failed on a sentence"};
  return kDone;
}

Result<std::string> Espeak::phonemes(const std::string& voice, const std::string& text) const {
  const std::lock_guard lock(espeak_state());
  if (auto chosen = choose(voice); !chosen) return chosen.error();
  std::string all;
  // A clause a call; at the end of the text the pointer becomes null.
  for (const void* rest = text.c_str(); rest != nullptr;) {
    const char* clause = espeak_TextToPhonemes(&rest, espeakCHARS_UTF8, kIpa);
    if (clause == nullptr) break;
    if (*clause == '\0') continue;
    if (!all.empty()) all += ' ';
    all += clause;
  }
  return all;
}

}  // namespace earshot::worker
