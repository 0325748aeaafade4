// earshot-bench-worker: how many conversations with remote providers one processor carries. The one
// translation unit with CLI11.
#include <stdlib.h>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "bench/worker/fake_services.h"
#include "bench/worker/opus_floor.h"
#include "bench/worker/pinned_worker.h"
#include "bench/worker/speech_packets.h"
#include "bench/worker/summary.h"
#include "bench/worker/talking_gateway.h"
#include "common/base/startup_error.h"

namespace {

using namespace earshot;
using namespace earshot::bench;

struct Options {
  int conversations = 200;
  int seconds = 60;
  int warmup_seconds = 25;
  int processor = 0;
  std::string worker;
  std::string json;
};

// About as long as a turn takes, so that turns are spread evenly.
constexpr Milliseconds kSpread{10'000};
constexpr Milliseconds kStartPatience{30'000};

// A folder that lives as long as this.
class Scratch {
 public:
  Scratch() {
    std::string pattern = std::filesystem::temp_directory_path() / "earshot-bench-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) throw StartupError(ExitCode::kConfig, "no folder " + pattern);
    path_ = pattern;
  }
  ~Scratch() {
    std::error_code ignored;  // a leftover in /tmp harms nobody
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

std::string beside_this_program(const std::string& name) {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
}

template <class T>
T usable(Result<T> result) {
  if (!result) throw StartupError(ExitCode::kConfig, result.error().message);
  return std::move(*result);
}

Measured measure(const Options& options) {
  const Scratch scratch;
  const UserSpeech speech = usable(make_user_speech());
  const std::string address = "unix:" + scratch.file("gateway.sock");
  const FakeServices services;
  const std::string config = scratch.file("worker.yaml");
  std::ofstream(config) << services.worker_config(options.conversations);
  const PinnedWorker worker(options.worker, options.processor, config, address, scratch.file("worker.log"));
  stay_off(options.processor);

  asio::io_context io{1};
  TalkingGateway gateway(io, usable(ipc::parse_endpoint(address)), speech);
  if (!gateway.await_worker(kStartPatience)) {
    std::ifstream log(scratch.file("worker.log"));
    throw StartupError(ExitCode::kConfig, "the worker does not come up:\n" +
                                              std::string(std::istreambuf_iterator<char>(log), {}));
  }
  gateway.run_for(Milliseconds(1000));
  Measured measured;
  measured.conversations = options.conversations;
  measured.idle = usable(usage_of(worker.pid()));
  gateway.add_talkers(options.conversations, kSpread);
  gateway.run_for(std::chrono::seconds(options.warmup_seconds));
  gateway.forget_stats();
  measured.start = usable(usage_of(worker.pid()));
  const auto began = std::chrono::steady_clock::now();
  gateway.run_for(std::chrono::seconds(options.seconds));
  measured.end = usable(usage_of(worker.pid()));
  measured.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  measured.talk = gateway.stats();
  measured.own_delay_ms = static_cast<double>(gateway.worst_own_delay().count());
  if (!gateway.connected()) throw StartupError(ExitCode::kConfig, "the worker closed its link");
  if (gateway.refused() > 0) {
    throw StartupError(ExitCode::kConfig, std::to_string(gateway.refused()) + " conversations were refused");
  }
  const std::size_t a_turn = measured.talk.frames_up / std::max<std::uint64_t>(measured.talk.turns, 1);
  measured.opus = usable(measure_opus(speech, services.voice(),
                                      {.conversations = options.conversations,
                                       .silence_packets = a_turn - std::min(a_turn, speech.speech.size())}));
  return measured;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"How many conversations with remote providers one processor of a worker carries."};
  Options options;
  options.worker = beside_this_program("earshot-worker");
  app.add_option("--conversations", options.conversations, "At once")->check(CLI::Range(1, 5000));
  app.add_option("--seconds", options.seconds, "To measure")->check(CLI::Range(1, 3600));
  app.add_option("--warmup", options.warmup_seconds, "Seconds before that")->check(CLI::Range(0, 600));
  app.add_option("--processor", options.processor, "Of the worker; the bench uses the others")
      ->check(CLI::Range(0, 1023));
  app.add_option("--worker", options.worker, "The program [earshot-worker beside this one]");
  app.add_option("--json", options.json, "Write the figures to FILE, - for standard output");
  CLI11_PARSE(app, argc, argv);
  try {
    const Measured measured = measure(options);
    const Summary summary = summarise(measured);
    const std::string json = as_json(measured, summary) + "\n";
    if (options.json == "-") {
      std::fputs(json.c_str(), stdout);
    } else {
      std::fputs(as_text(measured, summary).c_str(), stdout);
      if (!options.json.empty()) {
        std::ofstream file(options.json);
        file << json << std::flush;
        if (!file) throw StartupError(ExitCode::kConfig, "cannot write " + options.json);
      }
    }
    return 0;
  } catch (const StartupError& failure) {
    std::fprintf(stderr, "earshot-bench-worker: %s\n", failure.what());
    return 1;
  }
}
