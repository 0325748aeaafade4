// The real earshotctl before a real gateway, broker, worker and simulated device.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <regex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "common/json/json.h"
#include "tests/e2e/child_process.h"
#include "tests/e2e/ctl_run.h"
#include "tests/e2e/sim_run.h"
#include "tests/e2e/system.h"

namespace earshot::e2e {
namespace {

using testing::HasSubstr;

constexpr const char* kCtlMac = "02:00:00:00:0c:01";
constexpr std::chrono::seconds kPatience{60};

class EarshotCtlTest : public testing::Test {
 protected:
  explicit EarshotCtlTest(std::vector<std::string> settings = {})
      : system_(System::Options{.workers = 1, .gateway_settings = std::move(settings)}) {}

  std::vector<std::string> command_of(std::vector<std::string> words) const {
    return ctl_command(system_, std::move(words));
  }
  CtlResult ctl(std::vector<std::string> words) const { return e2e::ctl(system_, std::move(words)); }
  json::value ctl_json(std::vector<std::string> words) const {
    return e2e::ctl_json(system_, std::move(words));
  }
  // Polls another process: there is no event to wait for.
  template <class Condition>
  bool eventually(Condition&& condition) const {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < deadline) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return false;
  }
  void start_device() {
    device_.emplace(system_, std::vector<std::string>{"--mac", kCtlMac, "--stay", "170"});
  }
  void stop_device() { device_->process().signal(SIGTERM); }
  bool online() const { return ctl({"devices", "--online"}).output.find(kCtlMac) != std::string::npos; }

  System system_;
  std::optional<SimRun> device_;
};

TEST_F(EarshotCtlTest, ListsShowsCallsAndSpeaksToADevice) {
  start_device();
  ASSERT_TRUE(eventually([&] { return online(); })) << system_.log();
  EXPECT_EQ(ctl({"set", kCtlMac, "--name", "kitchen", "--tags", "food,warm"}).exit_code, 0);
  EXPECT_THAT(ctl({"show", "kit"}).output, HasSubstr(kCtlMac));
  EXPECT_THAT(ctl({"devices", "--tag", "warm"}).output, HasSubstr("kitchen"));
  EXPECT_EQ(ctl_json({"show", "kitchen"}).at("name"), "kitchen");

  const CtlResult tools = ctl({"tools", "kitchen", "--refresh"});
  EXPECT_EQ(tools.exit_code, 0) << tools.errors;
  EXPECT_THAT(tools.output, HasSubstr("self.audio_speaker.set_volume"));
  const CtlResult call = ctl({"call", "kitchen", "self.audio_speaker.set_volume", "volume=40"});
  EXPECT_EQ(call.exit_code, 0) << call.errors;
  EXPECT_EQ(call.output, "true\n");
  EXPECT_THAT(ctl({"call", "kitchen", "self.get_device_status"}).output, HasSubstr("40"));
  EXPECT_EQ(ctl({"call", "kitchen", "self.audio_speaker.set_volume", "volume=400"}).exit_code, 2);
  EXPECT_EQ(ctl({"call", "kitchen", "self.no_such_tool"}).exit_code, 6);
  EXPECT_EQ(ctl({"show", "garage"}).exit_code, 5);

  const CtlResult say = ctl({"say", "kitchen", "dinner", "is", "ready"});
  EXPECT_EQ(say.exit_code, 0) << say.errors;
  const CtlResult alert = ctl({"alert", "kitchen", "the door is open", "--status", "Door"});
  EXPECT_EQ(alert.exit_code, 0) << alert.errors;
  EXPECT_THAT(ctl({"command", "list", "--device", "kitchen"}).output,
              HasSubstr("self.audio_speaker.set_volume"));
  stop_device();
}

TEST_F(EarshotCtlTest, ADeviceThatComesBackWithoutAnAnswerHasRebooted) {
  start_device();
  ASSERT_TRUE(eventually([&] { return online(); })) << system_.log();
  const std::string folder = scratch_folder();
  ChildProcess reboot(command_of({"reboot", kCtlMac, "--timeout", "60s"}), folder + "/out", folder + "/err");
  ASSERT_TRUE(eventually([&] { return !device_->process().running(); }))
      << "the simulated device goes, as a real one does";
  start_device();
  EXPECT_EQ(reboot.wait(kPatience), 0) << reboot.errors();
  EXPECT_EQ(reboot.output(), "rebooted (it came back)\n");
  stop_device();
}

TEST_F(EarshotCtlTest, TailTellsOfADeviceThatComes) {
  const std::string folder = scratch_folder();
  ChildProcess tail(command_of({"tail", "--json", "--kinds", "online", "--count", "1"}), folder + "/out",
                    folder + "/err");
  // Nothing tells when it listens, and the first visit may have come before.
  for (int visit = 0; visit < 5 && tail.running(); ++visit) {
    start_device();
    tail.wait(std::chrono::seconds(10));
    stop_device();
  }
  ASSERT_EQ(tail.wait(std::chrono::seconds(1)), 0) << tail.errors();
  EXPECT_THAT(tail.output(), HasSubstr("\"event\":\"online\""));
  EXPECT_THAT(tail.output(), HasSubstr(kCtlMac));
}

TEST_F(EarshotCtlTest, ATokenMayDoWhatItsScopesSayUntilItIsRevoked) {
  ASSERT_EQ(ctl({"users", "create", "anna", "--role", "admin"}).exit_code, 0);
  const CtlResult made = ctl({"tokens", "create", "ci", "--scopes", "devices:read"});
  ASSERT_EQ(made.exit_code, 0) << made.errors;
  const std::string token = made.output.substr(0, made.output.find('\n'));
  EXPECT_EQ(ctl({"devices", "--token", token}).exit_code, 0);
  EXPECT_EQ(ctl({"users", "--token", token}).exit_code, 4);
  EXPECT_EQ(ctl({"devices", "--token", "ear_x_wrong"}).exit_code, 4);
  const json::value tokens = ctl_json({"tokens"});
  ASSERT_EQ(tokens.as_array().size(), 1u);
  EXPECT_EQ(ctl({"tokens", "revoke", std::string(tokens.at(0).at("id").as_string())}).exit_code, 0);
  EXPECT_EQ(ctl({"devices", "--token", token}).exit_code, 4);
  EXPECT_EQ(ctl({"devices", "--url", "http://127.0.0.1:1"}).exit_code, 3);
}

TEST_F(EarshotCtlTest, DoctorFindsAHealthySystemHealthyAndSeesAllWays) {
  const json::value seen = ctl_json({"doctor"});
  std::vector<std::string> failed;
  std::vector<std::string> names;
  for (const auto& check : seen.at("checks").as_array()) {
    names.emplace_back(check.at("name").as_string());
    if (check.at("level") == "fail") failed.push_back(json::serialize(check));
  }
  EXPECT_THAT(failed, testing::IsEmpty());
  EXPECT_THAT(names, testing::IsSupersetOf({"device log-in", "OTA answer", "store", "workers", "OTA path",
                                            "MQTT path", "UDP path"}));
  EXPECT_EQ(ctl({"doctor"}).exit_code, 0);
  EXPECT_EQ(ctl_json({"devices"}).as_array().size(), 0u) << "the device that the doctor plays is forgotten";
}

TEST_F(EarshotCtlTest, CompletionKnowsTheDevicesThatAreThere) {
  start_device();
  ASSERT_TRUE(eventually([&] { return online(); })) << system_.log();
  ASSERT_EQ(ctl({"set", kCtlMac, "--name", "kitchen"}).exit_code, 0);
  const std::string folder = scratch_folder();
  ChildProcess process(
      {binary("earshotctl"), "__complete", "earshotctl --data " + system_.data() + "/data show ki"},
      folder + "/out", folder + "/err");
  ASSERT_EQ(process.wait(kPatience), 0);
  EXPECT_EQ(process.output(), "kitchen\n");
  stop_device();
}

class BindTest : public EarshotCtlTest {
 protected:
  BindTest() : EarshotCtlTest({"admission.mode=bind"}) {}
  // The six digits that the device shows; empty: none so far.
  std::string code() {
    static const std::regex digits(R"(\b(\d{6})\b)");
    const std::string told = device_->process().output() + device_->process().errors();
    std::smatch found;
    return std::regex_search(told, found, digits) ? found[1].str() : std::string();
  }
};

TEST_F(BindTest, ADeviceIsBoundByItsCodeAndUnbound) {
  start_device();
  ASSERT_TRUE(eventually([&] { return !code().empty(); })) << device_->process().errors() << system_.log();
  EXPECT_EQ(ctl({"bind", "000000" == code() ? "000001" : "000000"}).exit_code, 5);
  const CtlResult bound = ctl({"bind", code(), "--name", "kitchen"});
  ASSERT_EQ(bound.exit_code, 0) << bound.errors;
  EXPECT_THAT(bound.output, HasSubstr("bound kitchen"));
  ASSERT_TRUE(eventually([&] { return online(); })) << system_.log();
  EXPECT_EQ(ctl({"unbind", "kitchen"}).exit_code, 0);
  EXPECT_TRUE(eventually([&] { return !online(); })) << "an unbound device is put out";
  stop_device();
}

}  // namespace
}  // namespace earshot::e2e
