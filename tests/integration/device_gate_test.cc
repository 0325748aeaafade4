#include "gateway/control/devices/device_gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/inline_store.h"
#include "tests/fakes/manual_clock.h"

namespace earshot::gateway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kUuid = "36c98363-3656-43cb-a00f-8bced2391a90";
const DeviceId kLamp = *DeviceId::parse("02:00:00:00:00:01");

class DeviceGateTest : public testing::Test {
 protected:
  DeviceGateTest() {
    directory_.observe([this](const DeviceEntry& entry) { gate_.record_changed(entry); },
                       [this](const DeviceId& device) { gate_.record_removed(device); });
    gate_.connect(
        {.tell = [this](const DeviceId&,
                        DeviceFacts facts) { done_.push_back(facts.admitted ? "admit" : "refuse"); },
         .forget = [this](const DeviceId&) { done_.emplace_back("forget"); },
         .throw_out =
             [this](const auth::ClientId& client, std::string last_words) {
               done_.push_back("throw out " + client.group);
               last_words_.push_back(std::move(last_words));
             }});
  }
  static auth::ClientId client(const std::string& group = "GID_box.en") {
    return *auth::parse_client_id(group + "@@@" + kLamp.underscored() + "@@@" + kUuid);
  }
  static store::Device bound() {
    store::Device device;
    device.id = kLamp;
    device.bound = true;
    device.client_uuid = kUuid;
    return device;
  }
  void connect(const auth::ClientId& who) {
    ASSERT_TRUE(gate_.came(who));
    directory_.set_online(who, true);
    done_.clear();
  }
  void put(store::Device device) { directory_.put(std::move(device)); }
  std::uint64_t counted(GateEvent event) const { return gate_.counters().value(event); }

  asio::io_context io_{1};
  fakes::ManualClock clock_;
  fakes::InlineStore store_;
  EventHub hub_{clock_};
  DeviceDirectory directory_{io_.get_executor(), store_, hub_, clock_};
  DeviceGate gate_{AdmissionMode::kBind, directory_, clock_};
  std::vector<std::string> done_;
  std::vector<std::string> last_words_;
};

TEST_F(DeviceGateTest, WhoIsNoLongerAdmittedLosesAllItsConnectionsAfterTheFacts) {
  for (const bool block : {true, false}) {
    put(bound());
    connect(client());
    connect(client("GID_other.de"));
    auto changed = bound();
    changed.blocked = block;
    changed.bound = block;
    put(changed);
    EXPECT_THAT(done_, ElementsAre("refuse", "throw out GID_box.en", "throw out GID_other.de"));
    for (const auto& group : {"GID_box.en", "GID_other.de"}) directory_.set_online(client(group), false);
  }
  EXPECT_EQ(counted(GateEvent::kNotAdmitted), 4U);
  EXPECT_EQ(counted(GateEvent::kKicked), 4U);
}

TEST_F(DeviceGateTest, ARemovedDeviceLosesItsConnectionsWhereverItMayComeIn) {
  DeviceGate open(AdmissionMode::kOpen, directory_, clock_);
  put(bound());
  connect(client());
  directory_.remove(kLamp);
  EXPECT_THAT(done_, ElementsAre("forget", "throw out GID_box.en"));
  std::vector<std::string> told;
  open.connect({.tell = {}, .forget = {}, .throw_out = [&](const auth::ClientId& who, std::string) {
                  told.push_back(who.group);
                }});
  open.record_removed(kLamp);
  EXPECT_THAT(told, ElementsAre("GID_box.en"));
}

TEST_F(DeviceGateTest, NewCredentialsAtOnceEndTheOldConnectionsOnly) {
  put(bound());
  connect(client());
  connect(client("GID_box.en.r1"));
  auto rotated = directory_.find(kLamp)->record;
  rotate_credentials(rotated, true);
  rotated.credential_minimum = 1;
  rotated.name = "changed";
  put(rotated);
  directory_.set_online(client(), true);
  done_.clear();
  rotated.name = "again";
  put(rotated);
  EXPECT_THAT(done_, ElementsAre("admit", "throw out GID_box.en"));
}

TEST_F(DeviceGateTest, ARefusedHelloIsJudgedByTheRecordCountedAndOnlyThenThrownOut) {
  gate_.refused(client());
  EXPECT_THAT(done_, ElementsAre("throw out GID_box.en"));
  EXPECT_EQ(counted(GateEvent::kUnknownDevice), 1U);
  put(bound());
  done_.clear();
  gate_.refused(client());
  EXPECT_THAT(done_, IsEmpty()) << "it was admitted meanwhile";
}

TEST_F(DeviceGateTest, TheScreenSaysWhyInItsLanguageButNotForEver) {
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(gate_.came(client("GID_box.zh-CN")));
  ASSERT_EQ(last_words_.size(), 10U);
  EXPECT_THAT(last_words_.front(), HasSubstr(R"("type":"alert")"));
  EXPECT_THAT(last_words_.front(), HasSubstr("设备未绑定"));
  EXPECT_EQ(last_words_.back(), "") << "each one makes a sound";
  clock_.advance(std::chrono::minutes(10));
  EXPECT_FALSE(gate_.came(client("GID_box.zh-CN")));
  EXPECT_NE(last_words_.back(), "");
}

TEST_F(DeviceGateTest, TheConnectionThatIsOneTooManyEnds) {
  put(bound());
  std::optional<auth::ClientId> given_up;
  constexpr auto kMost = static_cast<int>(DeviceDirectory::kMaxConnections);
  for (int i = 0; i <= kMost; ++i) given_up = directory_.set_online(client("GID_" + std::to_string(i)), true);
  ASSERT_TRUE(given_up);
  gate_.given_up(*given_up);
  EXPECT_EQ(done_.back(), "throw out GID_0");
  EXPECT_EQ(last_words_.back(), "");
  EXPECT_EQ(directory_.connections(kLamp).size(), DeviceDirectory::kMaxConnections);
}

}  // namespace
}  // namespace earshot::gateway
