// earshot-bench-turn: how long users wait, and how much of it is ours (docs/performance.md).
#include <stdlib.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>

#include "bench/turn/abort_run.h"
#include "bench/turn/provider_fakes.h"
#include "bench/turn/statistics.h"
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
    print("first audio, at the device", percentiles(phase.figures.first_audio_ms));
  if (!phase.figures.barge_in_ms.empty()) print("barge-in", percentiles(phase.figures.barge_in_ms));
  for (const auto& [key, values] : phase.traces.numbers) {
    if (key.ends_with("_ms")) print("  trace " + key, percentiles(values));
  }
}

int run(const Options& options) {
  allow_many_files();
  const Scratch scratch;
  const RecordedSpeech speech = record_speech();
  const ProviderFakes providers{ProviderLatencies{}};
  const auto phase = [&](const char* title, const char* settings, bool barge_in) {
    std::printf("\n%s ...", title);
    std::fflush(stdout);
    PhaseResult result = run_phase({.worker_binary = options.bin + "/earshot-worker",
                                    .folder = scratch.path,
                                    .worker_yaml = settings,
                                    .providers_yaml = providers.worker_yaml(),
                                    .conversations = options.conversations,
                                    .turns = options.turns,
                                    .barge_in = barge_in},
                                   speech);
    print_phase(title, result);
    return result;
  };
  std::printf(
      "%d conversations at once, %d turns each; providers on loopback: transcript 80 ms, first token "
      "300 ms, first sound 120 ms\n",
      options.conversations, options.turns);
  PhaseResult on = phase("speculation on", kDefault, false);
  PhaseResult off = phase("speculation off", kWithoutSpeculation, false);
  PhaseResult plain = phase("plain chain, 700 ms of silence", kPlain, false);
  PhaseResult barge_in = phase("barge-in, realtime", kDefault, true);
  const std::vector<double> aborts = run_aborts({.bin = options.bin,
                                                 .folder = scratch.path,
                                                 .providers_yaml = providers.worker_yaml(),
                                                 .aborts = options.quick ? 1 : 20});
  std::printf("\nabort, device to silence through broker and gateway\n%s", table_head().c_str());
  print("abort", percentiles(aborts));

  const std::size_t failed = on.figures.failed_turns + off.figures.failed_turns + plain.figures.failed_turns +
                             barge_in.figures.failed_turns;
  if (failed > 0) std::fprintf(stderr, "earshot-bench-turn: %zu turns failed\n", failed);
  const int exit_code = failed == 0 ? 0 : 1;
  if (options.json_path.empty()) return exit_code;
  const json::object report{
      {"conversations", options.conversations},
      {"turns", options.turns},
      {"overhead_ms", to_json(percentiles(on.traces.numbers["overhead_ms"]))},
      {"overhead_without_speculation_ms", to_json(percentiles(off.traces.numbers["overhead_ms"]))},
      {"first_audio_ms", to_json(percentiles(on.figures.first_audio_ms))},
      {"first_audio_without_speculation_ms", to_json(percentiles(off.figures.first_audio_ms))},
      {"first_audio_plain_ms", to_json(percentiles(plain.figures.first_audio_ms))},
      {"barge_in_ms", to_json(percentiles(barge_in.figures.barge_in_ms))},
      {"abort_ms", to_json(percentiles(aborts))},
      {"failed_turns", failed}};
  std::ofstream file(options.json_path);
  file << json::serialize(report) << "\n" << std::flush;
  if (!file) throw std::runtime_error("cannot write " + options.json_path);
  return exit_code;
}

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
  CLI11_PARSE(app, argc, argv);
  if (options.quick) {
    options.conversations = 2;
    options.turns = 1;
  }
  try {
    return run(options);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "earshot-bench-turn: %s\n", failure.what());
    return 1;
  }
}
