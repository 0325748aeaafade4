// earshot-bench-recogniser: how often the embedded recogniser understands a spoken command
// (docs/performance.md).
#include <unistd.h>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "bench/recogniser/hearing_run.h"
#include "bench/recogniser/sentences.h"

namespace {

using namespace earshot;
using namespace earshot::bench;

// A word begins anywhere in a packet of 60 ms and in a frame of 10 ms, and what is heard depends on it.
constexpr int kFirstOffsetMs = 300;
constexpr int kOffsetSpanMs = 60;
constexpr const char* kQuietRoom = "quiet";

struct Options {
  std::vector<std::string> sentences{kSentences.begin(), kSentences.end()};
  std::vector<std::string> voices;
  int offset_step_ms = 7;
  int decoders = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  bool quick = false;
  std::string json_path;
};

std::vector<std::string> voice_names() {
  std::vector<std::string> names;
  for (const fakes::Speaker speaker : fakes::kSpeakers) names.emplace_back(name(speaker));
  return names;
}

NamedRoom room(const char* name, int step_ms, fakes::Room like) {
  NamedRoom made{.name = name, .variants = {}};
  for (int offset_ms = 0; offset_ms < kOffsetSpanMs; offset_ms += step_ms) {
    like.silence_before_ms = kFirstOffsetMs + offset_ms;
    like.seed = static_cast<unsigned>(made.variants.size() + 1);
    made.variants.push_back(like);
  }
  return made;
}

HearingPlan plan_of(const Options& options) {
  HearingPlan plan{.sentences = options.sentences, .speakers = {}, .rooms = {}, .decoders = options.decoders};
  for (const fakes::Speaker speaker : fakes::kSpeakers) {
    const bool chosen =
        options.voices.empty() || std::ranges::find(options.voices, name(speaker)) != options.voices.end();
    if (chosen) plan.speakers.push_back(speaker);
  }
  const int coarse_ms = std::min(kOffsetSpanMs, 4 * options.offset_step_ms);
  plan.rooms = {room(kQuietRoom, options.offset_step_ms, {}), room("noisy", coarse_ms, {.noise_rms = 300}),
                room("far away", coarse_ms, {.gain = 0.1, .noise_rms = 1})};
  if (options.quick) {
    plan.sentences.resize(std::min<std::size_t>(plan.sentences.size(), 1));
    plan.rooms = {room(kQuietRoom, kOffsetSpanMs, {})};
  }
  return plan;
}

class Progress {
 public:
  explicit Progress(std::size_t all) : all_(all) {}
  ~Progress() {
    if (shown_) std::fputs("\n", stderr);
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void show(std::size_t done) {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return;
    next_ = now + std::chrono::seconds(2);
    shown_ = ::isatty(STDERR_FILENO) == 1;
    std::fprintf(stderr, "%s%zu of %zu utterances%s", shown_ ? "\r" : "", done, all_, shown_ ? "" : "\n");
  }

 private:
  std::size_t all_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now() + std::chrono::seconds(2);
};

int run(const Options& options) {
  const HearingPlan plan = plan_of(options);
  Progress progress(plan.utterances());
  const Tally tally = run_hearing(plan, [&](std::size_t done) { progress.show(done); });
  std::fputs(to_text(tally, kQuietRoom).c_str(), stdout);
  if (options.json_path.empty()) return 0;
  std::ofstream file(options.json_path);
  file << json::serialize(to_json(tally)) << "\n" << std::flush;
  if (!file) throw std::runtime_error("cannot write " + options.json_path);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app(
      "Speaks every command to the embedded recogniser in several voices and rooms and counts what it hears");
  app.footer(
      "right: word for word; reworded: the same command; refused: not understood; other: another command.\n"
      "The margin is what the confidence lies above the threshold of refusal.");
  app.add_option("--sentence", options.sentences, "Say only this; may be repeated")
      ->allow_extra_args(false)
      ->type_name("TEXT");
  app.add_option("--voice", options.voices, "Only this voice; may be repeated")
      ->allow_extra_args(false)
      ->check(CLI::IsMember(voice_names()).description(""))
      ->type_name("NAME");
  app.add_option("--offset-step", options.offset_step_ms,
                 "Begin to speak at every offset to the packets of 60 ms, MS apart [7]")
      ->check(CLI::Range(1, kOffsetSpanMs).description(""))
      ->type_name("MS");
  app.add_option("--decoders", options.decoders, "Utterances decoded at once [one a processor]")
      ->check(CLI::Range(1, 64).description(""))
      ->type_name("N");
  app.add_flag("--quick", options.quick, "One sentence in one room: shows that it works, measures nothing");
  app.add_option("--json", options.json_path, "Write the counts to FILE")->type_name("FILE");
  CLI11_PARSE(app, argc, argv);
  try {
    return run(options);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "earshot-bench-recogniser: %s\n", failure.what());
    return 1;
  }
}
