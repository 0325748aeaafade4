#include "bench/turn/worker_run.h"

#include <csignal>
#include <fstream>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include "bench/turn/scripted_gateway.h"
#include "bench/turn/whole_system.h"
#include "common/asio/asio.h"
#include "common/base/startup_error.h"
#include "tests/e2e/child_process.h"

namespace earshot::bench {

namespace {

constexpr Milliseconds kUpWithin{30'000};
constexpr Milliseconds kTurnAtMost{15'000};
// Talkers begin within so much of each other: users do not speak in step.
constexpr Milliseconds kSpread{4000};

}  // namespace

PhaseResult run_phase(const PhasePlan& plan, const RecordedSpeech& speech) {
  const std::string config = plan.folder + "/worker.yaml";
  const std::string log = plan.folder + "/worker.log";
  const std::string socket = plan.folder + "/workers.sock";
  std::ofstream(config) << "capacity: " << plan.conversations + 1 << "\ndrain_ms: 0\n"
                        << plan.worker_yaml << plan.providers_yaml;

  asio::io_context io{1};
  PhaseResult result;
  std::vector<std::unique_ptr<Talker>> talkers;
  std::size_t over = 0;
  std::minstd_rand random(1);
  std::uniform_int_distribution<std::int64_t> spread(0, kSpread.count());
  std::optional<ScriptedGateway> gateway;
  gateway.emplace(io, socket, [&] {
    for (int i = 1; i <= plan.conversations; ++i) {
      const TalkerPlan talk{.turns = plan.turns,
                            .barge_in = plan.barge_in,
                            .starts_after = Milliseconds(plan.conversations > 10 ? spread(random) : i * 50)};
      talkers.push_back(std::make_unique<Talker>(io, *gateway, speech, result.figures,
                                                 static_cast<std::uint32_t>(i), talk, [&] {
                                                   if (++over == talkers.size()) io.stop();
                                                 }));
    }
    for (const auto& talker : talkers) talker->start();
  });
  e2e::ChildProcess worker(
      {plan.worker_binary, "--config", config, "--gateway", "unix:" + socket, "--id", "bench"},
      plan.folder + "/worker.out", log, {{kKeyVariable, "none"}});
  io.run_for(kUpWithin + kSpread + kTurnAtMost * plan.turns);

  const bool all_over = !talkers.empty() && over == talkers.size();
  worker.signal(SIGTERM);
  const bool ended = worker.wait(Milliseconds(5000)).has_value();
  const std::string told = e2e::read_file(log);
  if (!all_over || !ended) {
    throw StartupError(ExitCode::kBug,
                       "the worker did not serve all conversations; the end of its log:\n" +
                           told.substr(told.size() - std::min<std::size_t>(told.size(), 2000)));
  }
  result.traces = read_trace_lines(told);
  return result;
}

}  // namespace earshot::bench
