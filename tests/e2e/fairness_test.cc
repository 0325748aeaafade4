// One device that floods costs nobody else a session, a frame or an answer, and the log stays readable.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "tests/e2e/flooder.h"
#include "tests/e2e/scripted_hearing.h"
#include "tests/e2e/sim_run.h"

namespace earshot::e2e {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kEchoEngine = "engine: echo\ncapacity: 5000\n";
// Of what the gateway, its workers and its broker tell about 30 devices and one that floods; without bounds it
// is some ten thousand a second.
constexpr auto kMostLines = 400;

std::ptrdiff_t lines(const std::string& text) {
  return std::ranges::count(text, '\n');
}

// A crowd of devices that talk, each frame echoed and checked.
class Crowd {
 public:
  Crowd(const System& system, int devices, int seconds) : folder_(scratch_folder()) {
    process_ = std::make_unique<ChildProcess>(
        std::vector<std::string>{binary("earshot-sim"), "load", "--ota", system.ota_url(), "--json",
                                 folder_ + "/report.json", "--devices", std::to_string(devices), "--seconds",
                                 std::to_string(seconds), "--warmup", "0.5"},
        folder_ + "/out", folder_ + "/log");
  }
  // Waits for its end.
  void finish() {
    exit_code = process_->wait(60s).value_or(-1);
    told = process_->errors();
    auto parsed = json::parse_object(read_file(folder_ + "/report.json"), 1 << 20);
    if (parsed.ok()) report_ = std::move(parsed).value();
  }
  double number(const char* key) const { return as_number(report_.if_contains(key)); }
  double latency_ms(const char* percentile) const {
    const auto* group = json::find_object(report_, "latency_ms");
    return group == nullptr ? -1 : as_number(group->if_contains(percentile));
  }

  int exit_code = -1;
  std::string told;

 private:
  static double as_number(const json::value* value) {
    return value != nullptr && value->is_number() ? value->to_number<double>() : -1;
  }
  std::string folder_;
  std::unique_ptr<ChildProcess> process_;
  json::object report_;
};

TEST(FairnessTest, AFloodingDeviceCostsNobodyASessionAFrameOrAnAnswer) {
  System system({.workers = 1, .gateway_settings = {}, .worker_config = kEchoEngine});
  Crowd calm(system, 15, 3);
  calm.finish();
  ASSERT_EQ(calm.exit_code, 0) << calm.told;

  auto newcomer = connect_device(system, device_credentials(system, 2));
  ASSERT_TRUE(newcomer.has_value());
  const Flooder flooder(system);
  Crowd crowd(system, 15, 8);  // its devices connect, say hello and talk while he floods
  std::chrono::milliseconds slowest{0};
  for (int i = 0; i < 6; ++i) {
    const auto asked = std::chrono::steady_clock::now();
    EXPECT_THAT(open_session(*newcomer, 10s), Not(IsEmpty())) << "hello " << i;
    slowest = std::max(slowest, std::chrono::duration_cast<std::chrono::milliseconds>(
                                    std::chrono::steady_clock::now() - asked));
    std::this_thread::sleep_for(1s);  // what a device may: one a second
  }
  crowd.finish();
  std::printf(
      "flooder: %llu messages, thrown out %llu times; hello answered within %lld ms; frames p99 %.1f ms "
      "(calm %.1f), p99.9 %.1f ms\n",
      static_cast<unsigned long long>(flooder.messages()),
      static_cast<unsigned long long>(flooder.thrown_out()), static_cast<long long>(slowest.count()),
      crowd.latency_ms("p99"), calm.latency_ms("p99"), crowd.latency_ms("p999"));

  EXPECT_EQ(crowd.exit_code, 0) << crowd.told;
  EXPECT_EQ(crowd.number("failed_devices"), 0);
  EXPECT_EQ(crowd.number("loss_pct"), 0);
  EXPECT_GT(crowd.number("received"), 1500);
  // Generous: two cores carry the flooder, the broker, a sanitised gateway and worker, the devices, and other
  // builds.
  EXPECT_LT(crowd.latency_ms("p999"), 600);
  EXPECT_LT(slowest.count(), 3000);
  EXPECT_GT(flooder.messages(), 100U);
  EXPECT_GE(flooder.thrown_out(), 1U) << "and came back";
  EXPECT_EQ(system.counter("worker_links_lost"), 0U);
  EXPECT_EQ(system.counter("control_queue_full"), 0U);
  EXPECT_LT(lines(system.log()), kMostLines) << system.log();
}

TEST(FairnessTest, AFloodOfAnswersLeavesTheConversationsOfItsWorkerAlone) {
  constexpr const char* kCommand = "set the volume to fifty percent";
  const ScriptedHearing hearing({kCommand});
  System system({.workers = 1, .gateway_settings = {}, .worker_config = hearing.worker_config()});
  std::vector<std::unique_ptr<SimRun>> talks;
  {
    const Flooder flooder(system);
    for (int i = 0; i < 3; ++i) {
      talks.push_back(std::make_unique<SimRun>(system, std::vector<std::string>{"--say", kCommand}));
    }
    for (auto& talk : talks) {
      const SimResult result = talk->finish(60s);
      EXPECT_EQ(result.exit_code, 0) << result.told;
      EXPECT_THAT(result.violations(), IsEmpty());
      EXPECT_EQ(result.volume(), 50);
    }
  }
  EXPECT_EQ(system.counter("worker_links_lost"), 0U);
  EXPECT_THAT(system.log(), Not(HasSubstr("worker lost")));
  EXPECT_LT(lines(system.log()), kMostLines) << system.log();
}

}  // namespace
}  // namespace earshot::e2e
