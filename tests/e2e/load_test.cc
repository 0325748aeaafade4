// Many devices at once against the real binaries, with a worker that is an echo: nothing may be lost. Small
// numbers, because sanitised binaries run here too; docs/performance.md tells how to repeat the large ones.
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/e2e/system.h"

namespace earshot::e2e {
namespace {

constexpr const char* kEcho = "engine: echo\ncapacity: 5000\n";

struct LoadResult {
  int exit_code = -1;
  json::object report;
  std::string told;

  double number(const char* key) const {
    const auto* value = report.if_contains(key);
    return value != nullptr && value->is_number() ? value->to_number<double>() : -1;
  }
  double percentile(const char* key, const char* which) const {
    const auto* group = json::find_object(report, key);
    const auto* value = group == nullptr ? nullptr : group->if_contains(which);
    return value != nullptr && value->is_number() ? value->to_number<double>() : -1;
  }
};

class LoadTest : public ::testing::Test {
 protected:
  LoadTest() : system_({.workers = 1, .gateway_settings = {}, .worker_config = kEcho}) {}

  void begin(std::vector<std::string> arguments) {
    const std::string folder = scratch_folder();
    report_ = folder + "/report.json";
    std::vector<std::string> command{binary("earshot-sim"), "load",   "--ota",
                                     system_.ota_url(),     "--json", report_};
    command.insert(command.end(), arguments.begin(), arguments.end());
    process_ = std::make_unique<ChildProcess>(command, folder + "/out", folder + "/log");
  }
  // Polls another process: there is no event to wait for.
  bool all_have_sessions(int devices) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (json::find_int(system_.health(), "sessions") != devices) {
      if (!process_->running() || std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return true;
  }
  LoadResult finish() {
    LoadResult result;
    result.exit_code = process_->wait(std::chrono::seconds(60)).value_or(-1);
    result.told = process_->errors();
    auto parsed = json::parse_object(read_file(report_), 1 << 20);
    if (parsed.ok()) result.report = std::move(parsed).value();
    return result;
  }
  LoadResult load(std::vector<std::string> arguments) {
    begin(std::move(arguments));
    return finish();
  }

  System system_;
  std::string report_;
  std::unique_ptr<ChildProcess> process_;
};

TEST_F(LoadTest, EveryPacketOfManyDevicesComesBackOnceAndInOrder) {
  const auto result = load({"--devices", "100", "--seconds", "2", "--warmup", "0.5"});
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_EQ(result.number("loss_pct"), 0);
  EXPECT_GT(result.number("received"), 3000);
}

TEST_F(LoadTest, AStallOf150MillisecondsLosesNothing) {
  begin({"--devices", "150", "--seconds", "3", "--warmup", "0.5"});
  ASSERT_TRUE(all_have_sessions(150)) << finish().told << system_.log();
  std::this_thread::sleep_for(std::chrono::milliseconds(500));  // the stalls fall into the traffic
  for (int i = 0; i < 3; ++i) {
    system_.gateway().signal(SIGSTOP);
    std::this_thread::sleep_for(std::chrono::milliseconds(150));  // the stall itself
    system_.gateway().signal(SIGCONT);
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
  const auto result = finish();
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_EQ(result.number("loss_pct"), 0);
}

TEST_F(LoadTest, FloodsAtTenTimesTheRealRateCostNoPacket) {
  const auto result = load({"--devices", "50", "--seconds", "2", "--warmup", "0.5", "--hostile", "10"});
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_EQ(result.number("loss_pct"), 0);
  EXPECT_GT(system_.counter("datagram_unknown_session"), 1000U);
  EXPECT_GT(system_.counter("datagram_duplicate"), 1000U);
}

TEST_F(LoadTest, SpeechToAllAtOnceArrivesWholeAndStopsWhenTheyInterrupt) {
  const auto result = load({"--devices", "50", "--seconds", "2", "--warmup", "0.5", "--talk"});
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_EQ(result.number("loss_pct"), 0);
  EXPECT_GE(result.percentile("pacing_error_ms", "p50"), 0);
  EXPECT_LT(result.percentile("abort_ms", "p50"), 100);
}

TEST_F(LoadTest, DevicesThatGetANewAddressAreHeardThere) {
  const auto result = load({"--devices", "20", "--seconds", "3", "--warmup", "0.5", "--rebind"});
  EXPECT_EQ(result.exit_code, 0) << result.told;
  const double gap_ms = result.percentile("rebind_gap_ms", "p50");
  EXPECT_GT(gap_ms, 0);
  EXPECT_LT(gap_ms, 1000);
}

}  // namespace
}  // namespace earshot::e2e
