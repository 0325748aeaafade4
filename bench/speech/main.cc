// earshot-bench-speech: how well the local recognisers read and the local detectors hear (docs/performance.md).
#include <unistd.h>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/barge_in/noises.h"
#include "bench/recogniser/tally.h"
#include "bench/speech/channel.h"
#include "bench/speech/false_triggers.h"
#include "bench/speech/isolated.h"
#include "bench/speech/phrases.h"
#include "bench/speech/reading.h"
#include "bench/speech/recordings.h"
#include "bench/speech/speech_tables.h"
#include "bench/worker/process_usage.h"
#include "tests/fakes/noise_maker.h"
#include "tests/fakes/speech_maker.h"
#include "worker/providers/asr/local_asr.h"
#include "worker/providers/asr/local_engines.h"
#include "worker/providers/llm/intent_grammar.h"
#include "worker/providers/llm/intent_matcher.h"
#include "worker/providers/vad/vad_factory.h"
#include "worker/spoken_text/transcript_words.h"

namespace {

using namespace earshot;
using namespace earshot::bench;

constexpr std::array kVoices = {fakes::Speaker::kSlt, fakes::Speaker::kRms, fakes::Speaker::kKal16,
                                fakes::Speaker::kEspeakUs};
constexpr double kSoundSeconds = 60;
constexpr Milliseconds kNoiseUtterance{2500};
constexpr std::size_t kBetweenNoises = 32'000;  // samples from the beginning of one to that of the next
constexpr const char* kGrammar = "grammar";
constexpr const char* kMoonshine = "moonshine";
constexpr const char* kLocal = "local (both)";

struct Options {
  std::string models_dir;
  std::string recordings;
  std::string out;
  std::string details;
  std::vector<std::string> only;
  std::vector<std::string> channels;  // by name; empty: all
  bool quick = false;
};

struct Utterance {
  std::string text;
  Pcm sound;
};
struct UtteranceSet {
  std::string set;
  std::string voice;
  Channel channel = Channel::kClean;
  std::vector<Utterance> utterances;
};

bool wanted(const Options& options, Channel channel) {
  if (options.quick && channel != Channel::kClean) return false;
  return options.channels.empty() ||
         std::ranges::find(options.channels, name(channel)) != options.channels.end();
}

template <class Phrases>
void add_voice(std::vector<UtteranceSet>& sets, const char* set, fakes::Speaker speaker,
               const Phrases& phrases, const Options& options) {
  std::vector<std::pair<std::string, Pcm>> spoken;
  for (const char* phrase : phrases) {
    if (options.quick && spoken.size() == 2) break;
    spoken.emplace_back(phrase, fakes::say(speaker, phrase));
  }
  for (const Channel channel : kChannels) {
    if (!wanted(options, channel)) continue;
    UtteranceSet made{.set = set, .voice = std::string(name(speaker)), .channel = channel, .utterances = {}};
    for (const auto& [text, voice] : spoken) made.utterances.push_back({text, through(channel, voice)});
    sets.push_back(std::move(made));
  }
}

std::vector<UtteranceSet> make_sets(const Options& options) {
  std::vector<UtteranceSet> sets;
  if (!options.recordings.empty()) {
    const auto people = read_recordings(options.recordings, "speech.tsv");
    if (!people) throw std::runtime_error(people.error().message);
    for (const Channel channel : kChannels) {
      if (!wanted(options, channel)) continue;
      UtteranceSet made{.set = "people", .voice = "", .channel = channel, .utterances = {}};
      for (const Recording& person : *people)
        made.utterances.push_back({person.text, through(channel, person.sound)});
      sets.push_back(std::move(made));
    }
  }
  for (const fakes::Speaker speaker : kVoices) {
    if (options.quick && speaker != kVoices.front()) break;
    add_voice(sets, "free", speaker, kFreeSentences, options);
    add_voice(sets, "commands", speaker, kCommands, options);
  }
  UtteranceSet noises{.set = "noise", .voice = "", .channel = Channel::kClean, .utterances = {}};
  for (const fakes::RoomSound sound : fakes::kRoomSounds)
    noises.utterances.push_back(
        {std::string(name(sound)),
         fakes::room_sound(sound, static_cast<double>(kNoiseUtterance.count()) / 1000, 3)});
  for (const Noise noise : kNoises)
    noises.utterances.push_back({std::string(name(noise)), through(Channel::kClean, make_noise(noise, 3))});
  sets.push_back(std::move(noises));
  return sets;
}

worker::PocketSphinxConfig commands() {
  worker::PocketSphinxConfig config;
  worker::IntentGrammar grammar = worker::intent_grammar();
  config.grammar_jsgf = std::move(grammar.jsgf);
  for (auto& word : grammar.pronunciations)
    config.extra_words.push_back({.word = std::move(word.word), .phones = std::move(word.phones)});
  config.decoders = 1;
  return config;
}

template <class Value>
Value built(Result<Value> made) {
  if (!made) throw std::runtime_error(made.error().message);
  return std::move(*made);
}

std::unique_ptr<worker::AsrProvider> make_recogniser(const std::string& name, const std::string& models_dir,
                                                     asio::thread_pool& pool) {
  if (name == kGrammar) return built(worker::make_pocketsphinx_asr(commands(), pool));
  if (name == kMoonshine) return built(worker::make_moonshine(models_dir, 1));
  return worker::make_local_asr({.commands = built(worker::make_pocketsphinx_asr(commands(), pool)),
                                 .speech = built(worker::make_moonshine(models_dir, 1))},
                                commands().max_utterance);
}

double rss_mb() {
  const auto usage = usage_of(::getpid());
  return usage ? static_cast<double>(usage->rss_kb) / 1024 : 0;
}

// A line for each utterance: for who wants to know what became of one.
class Details {
 public:
  explicit Details(const std::string& path) {
    if (!path.empty()) file_.open(path, std::ios::app);
  }
  void add(const std::string& recogniser, const UtteranceSet& set, const Utterance& said,
           const Reading& read) {
    if (!file_.is_open()) return;
    file_ << recogniser << '\t' << set.set << '\t' << set.voice << '\t' << name(set.channel) << '\t'
          << said.text << '\t' << (read.heard.understood ? "" : "-") << '\t' << read.heard.confidence << '\t'
          << read.heard.text << '\n';
  }

 private:
  std::ofstream file_;
};

json::object measure(const std::string& name, const std::vector<UtteranceSet>& sets, const Options& options) {
  RecogniserResult result{.name = name, .sets = {}};
  const double before = rss_mb();
  asio::thread_pool pool(1);
  const auto asr = make_recogniser(name, options.models_dir, pool);
  const worker::IntentMatcher matcher;
  Details details(options.details);
  for (const UtteranceSet& set : sets) {
    SetResult found{
        .set = set.set, .voice = set.voice, .channel = std::string(bench::name(set.channel)), .errors = {}};
    for (const Utterance& said : set.utterances) {
      const Reading read = read_utterance(*asr, said.sound);
      details.add(name, set, said, read);
      result.seconds += read.seconds;
      result.cpu_seconds += read.cpu_seconds;
      const std::string heard = read.heard.understood ? read.heard.text : "";
      found.errors.add(said.text, heard);
      if (set.set == "commands") {
        const Verdict verdict = judge(said.text, read.heard, matcher);
        if (verdict == Verdict::kRight || verdict == Verdict::kReworded) ++found.done;
        if (verdict == Verdict::kOtherCommand && matcher.match(heard)) ++found.wrong;
      } else if (const auto meant = matcher.match(heard)) {
        const auto right = matcher.match(said.text);
        if (!right || right->intent != meant->intent) ++found.wrong;
      }
      if (set.set == "noise" && worker::has_spoken_words(heard, kNoiseUtterance)) ++found.invented;
    }
    result.sets.push_back(std::move(found));
    std::fprintf(stderr, "%s: %s %s %s\n", name.c_str(), set.set.c_str(), set.voice.c_str(),
                 std::string(bench::name(set.channel)).c_str());
  }
  result.rss_mb = rss_mb() - before;
  return to_json(result);
}

Pcm one_after_the_other(Noise noise, double seconds) {
  Pcm sound = fakes::room_sound(fakes::RoomSound::kSilence, seconds, 1);
  unsigned seed = 0;
  for (std::size_t at = 8000; at < sound.samples.size(); at += kBetweenNoises) {
    const Pcm one = make_noise(noise, ++seed);
    for (std::size_t i = 0; i < one.samples.size() && at + i < sound.samples.size(); ++i)
      sound.samples[at + i] = one.samples[i];
  }
  return sound;
}

json::object measure_detector(const std::string& name, const Options& options) {
  const auto provider = built(worker::make_vad({}, name == "silero" ? options.models_dir : ""));
  const auto vad = provider->create();
  json::array sounds;
  const auto add = [&](const std::string& sound, const Pcm& pcm) {
    const Triggers found = count_triggers(*vad, pcm);
    sounds.push_back(json::object{{"sound", sound},
                                  {"seconds", found.seconds},
                                  {"speech_seconds", found.speech_seconds},
                                  {"started", found.started},
                                  {"ended", found.ended}});
  };
  const double seconds = options.quick ? 5 : kSoundSeconds;
  for (const fakes::RoomSound sound : fakes::kRoomSounds)
    add(std::string(fakes::name(sound)), fakes::room_sound(sound, seconds, 1));
  for (const Noise noise : kNoises) add(std::string(bench::name(noise)), one_after_the_other(noise, seconds));
  if (!options.recordings.empty()) {
    for (const Recording& noise : built(read_recordings(options.recordings, "noise.tsv")))
      add(noise.text, noise.sound);
    Pcm people;
    for (const Recording& person : built(read_recordings(options.recordings, "speech.tsv"))) {
      people.samples.insert(people.samples.end(), person.sound.samples.begin(), person.sound.samples.end());
      people.samples.resize(people.samples.size() + 16'000, 0);
    }
    add("(people who read, a second between sentences)", people);
  }
  return {{"sounds", std::move(sounds)}};
}

std::vector<DetectorResult> measure_detectors(const Options& options) {
  std::vector<DetectorResult> results;
  for (const char* name : {"WebRTC and energy", "silero"}) {
    if (options.models_dir.empty() && std::string(name) == "silero") continue;
    const json::object measured = isolated([&] { return measure_detector(name, options); });
    for (const json::value& value : measured.at("sounds").as_array()) {
      const json::object& sound = value.as_object();
      results.push_back({.name = name,
                         .sound = std::string(sound.at("sound").as_string()),
                         .triggers = {.seconds = sound.at("seconds").to_number<double>(),
                                      .speech_seconds = sound.at("speech_seconds").to_number<double>(),
                                      .started = sound.at("started").to_number<int>(),
                                      .ended = sound.at("ended").to_number<int>()}});
    }
  }
  return results;
}

int run(const Options& options) {
  std::string text;
  const auto chosen = [&](const char* part) {
    return options.only.empty() || std::ranges::find(options.only, part) != options.only.end();
  };
  if (chosen("recognisers")) {
    const std::vector<UtteranceSet> sets = make_sets(options);
    std::vector<RecogniserResult> results;
    for (const char* name : {kGrammar, kMoonshine, kLocal}) {
      if (options.models_dir.empty() && std::string(name) != kGrammar) continue;
      results.push_back(recogniser_result(isolated([&] { return measure(name, sets, options); })));
    }
    text += "## Recognisers\n\n" + recogniser_tables(results);
  }
  if (chosen("detectors")) {
    text +=
        "\n## Detectors: utterances that a sound without speech makes (begun, share of it called "
        "speech)\n\n" +
        detector_table(measure_detectors(options));
  }
  std::fputs(text.c_str(), stdout);
  if (options.out.empty()) return 0;
  std::ofstream file(options.out);
  file << text << std::flush;
  if (!file) throw std::runtime_error("cannot write " + options.out);
  return 0;
}

std::vector<std::string> channel_names() {
  std::vector<std::string> names;
  for (const Channel channel : kChannels) names.emplace_back(bench::name(channel));
  return names;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (const char* models = std::getenv("EARSHOT_MODELS_DIR")) options.models_dir = models;
  CLI::App app(
      "Reads recordings and synthetic speech with each local recogniser, and noises with each detector");
  app.add_option("--models", options.models_dir,
                 "The models folder (deploy/models.sh fetch) [EARSHOT_MODELS_DIR]")
      ->type_name("DIR");
  app.add_option("--recordings", options.recordings, "What bench/speech/recordings.sh has brought")
      ->type_name("DIR");
  app.add_option("--only", options.only, "recognisers or detectors")
      ->check(CLI::IsMember({"recognisers", "detectors"}).description(""))
      ->type_name("PART");
  app.add_option("--channel", options.channels, "Only through this channel; may be repeated")
      ->allow_extra_args(false)
      ->check(CLI::IsMember(channel_names()).description(""))
      ->type_name("NAME");
  app.add_option("--out", options.out, "Write the tables to FILE, in Markdown")->type_name("FILE");
  app.add_option("--details", options.details, "Add a line for each utterance to FILE")->type_name("FILE");
  app.add_flag("--quick", options.quick, "Few utterances: shows that it works, measures nothing");
  CLI11_PARSE(app, argc, argv);
  try {
    return run(options);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "earshot-bench-speech: %s\n", failure.what());
    return 1;
  }
}
