#include "bench/turn/abort_run.h"

#include <sstream>

#include "bench/turn/whole_system.h"
#include "common/base/clock.h"
#include "common/base/startup_error.h"
#include "common/json/json.h"
#include "tests/e2e/child_process.h"

namespace earshot::bench {

namespace {

constexpr Milliseconds kTalkWithin{30'000};
constexpr const char* kInterruptAfterMs = "400";

double abort_once(const AbortPlan& plan, const std::string& ota_url) {
  const std::string events = plan.folder + "/sim.jsonl";
  e2e::ChildProcess sim({plan.bin + "/earshot-sim", "talk", "--ota", ota_url, "--text", "what time is it",
                         "--barge-in-after", kInterruptAfterMs, "--quiet", "--json", events},
                        plan.folder + "/sim.out", plan.folder + "/sim.err");
  sim.wait(kTalkWithin);
  std::istringstream lines(e2e::read_file(events));
  for (std::string line; std::getline(lines, line);) {
    const auto event = json::parse_object(line, 1 << 20);
    const json::object* summary = event ? json::find_object(*event, "summary") : nullptr;
    if (summary == nullptr) continue;
    if (const auto stopped = json::find_int(*summary, "barge_in_stop_ms"))
      return static_cast<double>(*stopped);
  }
  throw StartupError(ExitCode::kBug, "an abort was not measured:\n" + sim.output() + sim.errors());
}

}  // namespace

std::vector<double> run_aborts(const AbortPlan& plan) {
  const WholeSystem system(plan.bin, plan.folder, plan.providers_yaml);
  std::vector<double> delays;
  for (int i = 0; i < plan.aborts; ++i) delays.push_back(abort_once(plan, system.ota_url()));
  return delays;
}

}  // namespace earshot::bench
