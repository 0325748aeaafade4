#include "bench/turn/spoken_script.h"

#include <algorithm>
#include <span>
#include <sstream>

#include "tests/fakes/speech_maker.h"

namespace earshot::bench {

namespace {

constexpr int kScriptRateHz = 16000;
constexpr std::size_t kScriptFrame = 320;  // 20 ms
constexpr double kScriptVoiced = 150;      // RMS in sample units; a quiet microphone has 5

bool sounds(std::span<const std::int16_t> frame) {
  double energy = 0;
  for (const std::int16_t sample : frame) energy += static_cast<double>(sample) * static_cast<double>(sample);
  return energy > kScriptVoiced * kScriptVoiced * static_cast<double>(frame.size());
}

Milliseconds duration(std::size_t samples) {
  return Milliseconds(samples * 1000 / kScriptRateHz);
}

Pcm voiced_speech(const std::string& text) {
  const Pcm all = fakes::say(fakes::Speaker::kSlt, text);
  const VoicedPart part = voiced_part(all);
  return {.samples = std::vector<std::int16_t>(all.samples.begin() + static_cast<std::ptrdiff_t>(part.first),
                                               all.samples.begin() + static_cast<std::ptrdiff_t>(part.last)),
          .sample_rate_hz = kScriptRateHz};
}

// Shares out the time from `from` to `to` by the words' letters.
void add_words(const std::string& text, Milliseconds from, Milliseconds to, std::vector<HeardWord>& words) {
  std::vector<std::string> parts;
  std::size_t letters = 0;
  std::istringstream in(text);
  for (std::string word; in >> word; letters += word.size()) parts.push_back(word);
  std::size_t passed = 0;
  for (const std::string& word : parts) {
    passed += word.size();
    words.push_back(
        {.text = word, .ends = from + (to - from) * static_cast<int>(passed) / static_cast<int>(letters)});
  }
}

}  // namespace

VoicedPart voiced_part(const Pcm& pcm) {
  VoicedPart part;
  for (std::size_t at = 0; at + kScriptFrame <= pcm.samples.size(); at += kScriptFrame) {
    if (!sounds(std::span(pcm.samples).subspan(at, kScriptFrame))) continue;
    if (part.last == 0) part.first = at;
    part.last = at + kScriptFrame;
  }
  return part;
}

SpokenScript make_script(const std::string& said, const std::string& written) {
  SpokenScript script{.speech = voiced_speech(said), .words = {}};
  add_words(written, Milliseconds(0), duration(script.speech.samples.size()), script.words);
  return script;
}

SpokenScript make_script_with_pause(const std::string& first, const std::string& second, Milliseconds pause) {
  SpokenScript script{.speech = voiced_speech(first), .words = {}, .pause = pause};
  std::vector<std::int16_t>& samples = script.speech.samples;
  const Milliseconds first_ends = duration(samples.size());
  add_words(first, Milliseconds(0), first_ends, script.words);
  samples.resize(samples.size() + static_cast<std::size_t>(pause.count()) * kScriptRateHz / 1000);
  const Pcm rest = voiced_speech(second);
  samples.insert(samples.end(), rest.samples.begin(), rest.samples.end());
  add_words(second, first_ends + pause, duration(samples.size()), script.words);
  return script;
}

}  // namespace earshot::bench
