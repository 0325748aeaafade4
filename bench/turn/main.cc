// earshot-bench-turn: how long users wait, and how much of it is ours (docs/performance.md).
#include <stdlib.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "bench/barge_in/noises.h"
#include "bench/turn/abort_run.h"
#include "bench/turn/device_run.h"
#include "bench/turn/noise_run.h"
#include "bench/turn/services.h"
#include "bench/turn/statistics.h"
#include "bench/turn/turn_sets.h"
#include "bench/turn/worker_run.h"
#include "common/json/json.h"

namespace {

using namespace earshot;
using namespace earshot::bench;

struct Options {
  int conversations = 100;
  int turns = 5;
  std::string json_path;
  std::string bin;
  bool quick = false;
  std::string only;        // a phase; empty: all
  std::string models_dir;  // of the local engines; empty: they are not measured
};

struct Scratch {
  Scratch() {
    char name[] = "/tmp/earshot-bench-XXXXXX";
    if (::mkdtemp(name) == nullptr) throw std::runtime_error("no folder in /tmp");
    path = name;
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::string path;
};

// What issue 3 compares with: a fixed silence, then transcript, reply and voice one after the other.
constexpr const char* kPlain =
    "endpoint: { speculate_after_ms: 0, silence_ms: 700, silence_min_ms: 700, silence_max_ms: 700 }\n";
constexpr const char* kWithoutSpeculation = "endpoint: { speculate_after_ms: 0 }\n";
constexpr const char* kDefault = "";

// A talker, its two providers' connections and their threads, all in this process.
void allow_many_files() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

void print(const std::string& name, const Percentiles& figure) {
  std::fputs(table_line(name, figure).c_str(), stdout);
}

void print_phase(const std::string& title, const PhaseResult& phase) {
  std::printf("\n%s: %zu turns, %zu failed\n%s", title.c_str(), phase.traces.turns,
              phase.figures.failed_turns, table_head().c_str());
  if (!phase.figures.first_audio_ms.empty())
    print("first audio, at the worker", percentiles(phase.figures.first_audio_ms));
  if (!phase.figures.barge_in_ms.empty()) print("barge-in", percentiles(phase.figures.barge_in_ms));
  for (const auto& [key, values] : phase.traces.numbers) {
    if (key.ends_with("_ms")) print("  trace " + key, percentiles(values));
  }
}

// Adds up what rounds with the same pause have found.
struct PauseTally {
  std::size_t turns = 0;
  std::size_t cut = 0;
  std::size_t requests = 0;
};

// What lies between the user's last sound and the first of the answer, in order.
constexpr std::array kChain = {"speculated_ms", "llm_first_token_ms", "first_sentence_ms",
                               "tts_first_audio_ms", "first_audio_ms"};

void print_devices(const std::string& title, DeviceResult& result) {
  std::printf("\n%s: %zu turns, %zu failed\n%s", title.c_str(), result.turns, result.failed,
              table_head().c_str());
  print("first audio, at the device", percentiles(result.first_audio_ms));
  print("  own share", percentiles(result.traces.numbers["overhead_ms"]));
  for (const char* part : kChain) {
    const std::vector<double>& values = result.traces.numbers[part];
    if (!values.empty()) print(std::string("  trace ") + part, percentiles(values));
  }
  std::printf("  guesses: %zu of %zu turns used one; %.2f wasted requests a turn; %zu cut, %zu with gaps\n",
              result.guesses_used, result.turns, result.wasted_a_turn(), result.cut, result.with_gaps);
  for (const std::string& fault : result.faults) std::printf("  fault: %s\n", fault.c_str());
}

json::object to_json(DeviceResult& result) {
  return {{"first_audio_ms", to_json(percentiles(result.first_audio_ms))},
          {"overhead_ms", to_json(percentiles(result.traces.numbers["overhead_ms"]))},
          {"turns", result.turns},
          {"guesses_used", result.guesses_used},
          {"wasted_requests_a_turn", result.wasted_a_turn()},
          {"cut", result.cut},
          {"with_gaps", result.with_gaps},
          {"failed", result.failed}};
}

json::object tally_pauses(const DeviceResult& result) {
  std::map<std::int64_t, PauseTally> by_pause;
  for (const RoundResult& round : result.rounds) {
    PauseTally& tally = by_pause[round.pause.count()];
    tally.turns += round.turns;
    tally.cut += round.cut;
    tally.requests += round.requests;
  }
  json::object report;
  for (const auto& [pause, tally] : by_pause) {
    const auto turns = static_cast<double>(std::max<std::size_t>(tally.turns, 1));
    const double wasted = (static_cast<double>(tally.requests) - turns) / turns;
    const double cut = 100.0 * static_cast<double>(tally.cut) / turns;
    std::printf("  pause of %3d ms: %5.1f %% cut, %5.2f wasted requests a turn (%zu turns)\n",
                static_cast<int>(pause), cut, wasted, tally.turns);
    report[std::to_string(pause)] =
        json::object{{"cut_percent", cut}, {"wasted_requests_a_turn", wasted}, {"turns", tally.turns}};
  }
  return report;
}

// The services that issue 10 compares with, oddly behaved in one way each.
constexpr std::array kOdd = {Mood::kStalls, Mood::kThinks, Mood::kJitters, Mood::kRevises};

class Bench {
 public:
  explicit Bench(const Options& options) : options_(options) {}

  int run() {
    std::printf(
        "%d conversations at once; services on loopback: a word is told 80 ms after its end, transcript 80 "
        "ms "
        "after the end of speech, first token 300 ms, 30 tokens a second, first sound 120 ms\n",
        options_.conversations);
    const std::vector<SpokenScript> open = some(open_sentences());
    devices("words look finished", "finished", kDefault, {}, some(finished_sentences()));
    devices("nobody can tell", "open", kDefault, {}, open);
    if (!options_.quick) {
      devices("nobody can tell, without speculation", "open_without_speculation", kWithoutSpeculation, {},
              open);
      for (const Mood mood : kOdd)
        devices(std::string("services that ") + name(mood), name(mood), kDefault, {.mood = mood}, open);
    }
    devices("plain chain, 700 ms of silence", "plain", kPlain, {}, open);
    pauses();
    talking_over();
    local();
    std::printf(
        "\nstreaming set-up (a recogniser that decides the end, a double-stream voice): not measured, no "
        "provider "
        "here has either\n");
    own_share();
    if (failed_ > 0) std::fprintf(stderr, "earshot-bench-turn: %zu turns failed\n", failed_);
    write();
    return failed_ == 0 ? 0 : 1;
  }

 private:
  std::vector<SpokenScript> some(std::vector<SpokenScript> all) const {
    std::vector<SpokenScript> rounds;
    for (int i = 0; i < options_.turns; ++i) rounds.push_back(all[static_cast<std::size_t>(i) % all.size()]);
    return rounds;
  }

  DeviceResult devices(const std::string& title, const std::string& key, const char* settings,
                       const ServicePlan& plan, std::vector<SpokenScript> rounds) {
    if (!chosen(key)) return {};
    DeviceResult result = run_devices({.bin = options_.bin,
                                       .folder = scratch_.path,
                                       .worker_yaml = settings,
                                       .services = plan,
                                       .rounds = std::move(rounds),
                                       .devices = options_.conversations},
                                      services_);
    print_devices(title, result);
    failed_ += result.failed;
    report_[key] = to_json(result);
    return result;
  }

  void pauses() {
    if (!chosen("pauses")) return;
    std::vector<SpokenScript> set =
        sentences_with_pauses({Milliseconds(200), Milliseconds(300), Milliseconds(500), Milliseconds(700)});
    if (options_.quick) set.resize(1);
    const DeviceResult result =
        devices("sentences with a pause inside", "pauses", kDefault, {}, std::move(set));
    report_["by_pause_ms"] = tally_pauses(result);
  }

  // Noises must not end an answer, words must, and soon.
  void talking_over() {
    if (!chosen("noises")) return;
    constexpr unsigned kOfEach = 10;
    const unsigned each = options_.quick ? 1 : kOfEach;
    const SpokenScript question = open_sentences()[0];
    std::printf("\nover a long answer, realtime, at the device\n");
    json::object report;
    std::size_t ended = 0;
    for (const Noise noise : kNoises) {
      std::vector<Pcm> sounds;
      for (unsigned seed = 1; seed <= each; ++seed) sounds.push_back(make_noise(noise, seed));
      const OverResult result = over(question, std::move(sounds), {});
      std::printf("  %-6s %zu of %zu ended the answer, %zu stopped it for a while, %zu were answered\n",
                  std::string(name(noise)).c_str(), result.ended, result.sounds, result.silent_ms.size(),
                  result.answered);
      ended += result.ended + result.answered;
    }
    const SpokenScript words = make_script("stop it please", "stop it please");
    const OverResult real = over(question, std::vector<Pcm>(each, words.speech), words);
    std::printf("  words: %zu of %zu stopped it\n%s", real.silent_ms.size(), real.sounds,
                table_head().c_str());
    print("first voiced packet to silence", percentiles(real.silent_ms));
    report["noises"] = each * kNoises.size();
    report["ended"] = ended;
    report["interruptions_missed"] = real.sounds - real.silent_ms.size();
    report["silent_ms"] = to_json(percentiles(real.silent_ms));
    report_["talking_over"] = std::move(report);
  }

  OverResult over(const SpokenScript& question, std::vector<Pcm> sounds, const SpokenScript& heard) {
    return run_talking_over({.bin = options_.bin,
                             .folder = scratch_.path,
                             .question = question,
                             .sounds = std::move(sounds),
                             .heard = heard},
                            services_);
  }

  std::string local_yaml(const char* more = "") const {
    return "models_dir: " + options_.models_dir + "\n" + more;
  }

  // The worker's own recogniser, detector and voice, and a model whose first token takes 300 ms.
  void local() {
    if (options_.models_dir.empty()) return;
    const std::vector<SpokenScript> rounds = some(free_questions());
    DevicePlan plan{.bin = options_.bin,
                    .folder = scratch_.path,
                    .worker_yaml = local_yaml(),
                    .services = {},
                    .rounds = rounds,
                    .devices = 1,
                    .local = true};
    if (chosen("local")) local_turns("local engines, one conversation", "local", plan);
    if (chosen("local_load")) {
      plan.devices = options_.quick ? 2 : 20;
      plan.worker_yaml = local_yaml("threads: 1\n");
      plan.one_core = true;
      local_turns("local engines, 20 conversations, gateway and worker on one processor", "local_load", plan);
    }
    if (chosen("local_noise")) noise();
  }

  void local_turns(const char* title, const char* key, const DevicePlan& plan) {
    DeviceResult result = run_devices(plan, services_);
    print_devices(title, result);
    json::array rounds;
    for (std::size_t i = 0; i < result.rounds.size(); ++i) {
      const Percentiles figure = percentiles(result.rounds[i].first_audio_ms);
      print("  round " + std::to_string(i + 1), figure);
      rounds.push_back(to_json(figure));
    }
    failed_ += result.failed;
    json::object report = to_json(result);
    report["rounds"] = std::move(rounds);
    report_[key] = std::move(report);
  }

  // Ten devices in ten rooms where nobody speaks.
  void noise() {
    const NoiseResult result = run_noise(
        {.bin = options_.bin,
         .folder = scratch_.path,
         .worker_yaml = local_yaml("conversation: { idle_farewell_ms: 600000 }\n") + services_.model_yaml(),
         .length = Milliseconds(options_.quick ? 5'000 : 60'000)},
        services_);
    std::printf(
        "\nlocal engines, %.1f minutes of noise, music and silence: %zu turns, %zu requests to the model\n",
        result.minutes, result.turns, result.model_requests);
    for (const std::string& fault : result.faults) std::printf("  fault: %s\n", fault.c_str());
    failed_ += result.turns + result.model_requests;
    report_["local_noise"] = json::object{
        {"minutes", result.minutes}, {"turns", result.turns}, {"model_requests", result.model_requests}};
  }

  // At the worker's own socket: no broker, gateway, pacing or guard in between.
  void own_share() {
    if (!chosen("own")) return;
    services_.set_plan({});
    services_.hear(open_sentences()[0]);
    const RecordedSpeech speech = record_speech();
    PhaseResult turns = worker("at the worker's socket", speech, false);
    PhaseResult barge_in = worker("barge-in, realtime, at the worker's socket", speech, true);
    const std::vector<double> aborts = run_aborts({.bin = options_.bin,
                                                   .folder = scratch_.path,
                                                   .providers_yaml = services_.worker_yaml(),
                                                   .aborts = options_.quick ? 1 : 20});
    std::printf("\nabort, device to silence through broker and gateway\n%s", table_head().c_str());
    print("abort", percentiles(aborts));
    failed_ += turns.figures.failed_turns + barge_in.figures.failed_turns;
    report_["overhead_ms"] = to_json(percentiles(turns.traces.numbers["overhead_ms"]));
    report_["first_audio_at_worker_ms"] = to_json(percentiles(turns.figures.first_audio_ms));
    report_["barge_in_ms"] = to_json(percentiles(barge_in.figures.barge_in_ms));
    report_["abort_ms"] = to_json(percentiles(aborts));
  }

  PhaseResult worker(const char* title, const RecordedSpeech& speech, bool barge_in) {
    PhaseResult result = run_phase({.worker_binary = options_.bin + "/earshot-worker",
                                    .folder = scratch_.path,
                                    .worker_yaml = kDefault,
                                    .providers_yaml = services_.worker_yaml(),
                                    .conversations = options_.conversations,
                                    .turns = options_.turns,
                                    .barge_in = barge_in},
                                   speech);
    print_phase(title, result);
    return result;
  }

  bool chosen(const std::string& key) const { return options_.only.empty() || options_.only == key; }

  void write() {
    if (options_.json_path.empty()) return;
    report_["conversations"] = options_.conversations;
    report_["turns"] = options_.turns;
    report_["failed_turns"] = failed_;
    std::ofstream file(options_.json_path);
    file << json::serialize(report_) << "\n" << std::flush;
    if (!file) throw std::runtime_error("cannot write " + options_.json_path);
  }

  const Options& options_;
  const Scratch scratch_;
  Services services_;
  std::size_t failed_ = 0;
  json::object report_;
};

}  // namespace

int main(int argc, char** argv) {
  Options options;
  options.bin = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  CLI::App app("Measures turns of a real worker against services of fixed latency, in real time");
  app.add_option("--conversations", options.conversations, "At once [100]")->check(CLI::Range(1, 2000));
  app.add_option("--turns", options.turns, "Of each conversation [5]")->check(CLI::Range(1, 1000));
  app.add_option("--json", options.json_path, "Write the figures to FILE");
  app.add_option("--bin", options.bin, "Folder of the binaries [beside this one]");
  app.add_flag("--quick", options.quick, "Few conversations: shows that it works, measures nothing");
  app.add_option("--only", options.only,
                 "One phase: finished, open, open_without_speculation, stall, think, jitter, revise, plain, "
                 "pauses, noises, "
                 "own; with --models: local, local_load, local_noise");
  app.add_option("--models", options.models_dir,
                 "Measure the local engines of this models folder, too (deploy/models.sh fetch)")
      ->type_name("DIR");
  CLI11_PARSE(app, argc, argv);
  if (options.quick) {
    options.conversations = 2;
    options.turns = 1;
  }
  try {
    allow_many_files();
    return Bench(options).run();
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "earshot-bench-turn: %s\n", failure.what());
    return 1;
  }
}
