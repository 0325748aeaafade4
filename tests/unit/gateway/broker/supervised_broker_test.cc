#include "gateway/broker/supervised_broker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <string>

#include "common/base/startup_error.h"
#include "tests/unit/gateway/broker/broker_fixture.h"

namespace earshot::broker {
namespace {

using testing::HasSubstr;

class SupervisedBrokerTest : public BrokerFixture {
 protected:
  std::optional<StartupError> start_failure() {
    try {
      start_broker();
    } catch (const StartupError& error) {
      return error;
    }
    return std::nullopt;
  }
  long resident_kb() const {
    std::ifstream status("/proc/" + std::to_string(broker_->pid()) + "/status");
    std::string line;
    while (std::getline(status, line)) {
      if (line.starts_with("VmRSS:")) return std::stol(line.substr(6));
    }
    return 0;
  }
  template <class Predicate>
  bool run_until(Predicate&& predicate) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!predicate() && std::chrono::steady_clock::now() < deadline) {
      context_.run_one_for(std::chrono::milliseconds(20));
    }
    return predicate();
  }
};

TEST_F(SupervisedBrokerTest, ABusyPortIsNamedWithItsSetting) {
  asio::ip::tcp::acceptor other(context_, {asio::ip::make_address("127.0.0.1"), port()});
  const auto failure = start_failure();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->code(), ExitCode::kBind);
  EXPECT_THAT(failure->what(), HasSubstr("mqtt.port"));
  EXPECT_THAT(failure->what(), HasSubstr(std::to_string(port())));
}

TEST_F(SupervisedBrokerTest, AnAddressOfAnotherHostIsABindError) {
  settings_.listeners = {{"192.0.2.1", port()}};  // RFC 5737: nobody's
  const auto failure = start_failure();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->code(), ExitCode::kBind);
  EXPECT_THAT(failure->what(), HasSubstr("192.0.2.1"));
}

TEST_F(SupervisedBrokerTest, AMissingPluginOrProgramIsNamed) {
  BrokerSettings good = settings_;
  settings_.plugin = folder_ / "none.so";
  auto failure = start_failure();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->code(), ExitCode::kBroker);
  EXPECT_THAT(failure->what(), HasSubstr("none.so"));

  settings_ = good;
  settings_.mosquitto = folder_ / "no-mosquitto";
  failure = start_failure();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->code(), ExitCode::kBroker);
  EXPECT_THAT(failure->what(), HasSubstr("no-mosquitto"));
}

TEST_F(SupervisedBrokerTest, ABrokerThatDoesNotComeUpIsQuoted) {
  settings_.plugin = folder_ / "broken.so";
  std::ofstream(settings_.plugin) << "not a library";
  const auto failure = start_failure();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->code(), ExitCode::kBroker);
  EXPECT_THAT(failure->what(), HasSubstr("broken.so"));
}

TEST_F(SupervisedBrokerTest, AnEmptyKeyIsAConfigurationError) {
  settings_.device_key = Secret();
  const auto failure = start_failure();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->code(), ExitCode::kConfig);
}

TEST_F(SupervisedBrokerTest, ListensOnEveryListener) {
  settings_.listeners.push_back({"127.0.0.1", free_port()});
  start_broker();
  for (const auto& listener : settings_.listeners) {
    auto client = fakes::RawMqttClient::open(listener.address, listener.port);
    ASSERT_TRUE(client);
    EXPECT_EQ(client->login(login_of(credentials(1))), 0);
  }
}

TEST_F(SupervisedBrokerTest, StopLeavesNoProcessAndAFreePort) {
  start_broker();
  const int pid = broker_->pid();
  ASSERT_GT(pid, 0);
  broker_->stop();
  EXPECT_EQ(broker_->pid(), 0);
  EXPECT_EQ(::kill(pid, 0), -1);
  EXPECT_FALSE(fakes::RawMqttClient::open("127.0.0.1", port()));
  start_broker();  // a second one at the same place
  EXPECT_GT(broker_->pid(), 0);
}

TEST_F(SupervisedBrokerTest, ADeadBrokerComesBackAndTheLinkWithIt) {
  start_broker();
  start_link();
  const int first = broker_->pid();
  ASSERT_EQ(::kill(first, SIGKILL), 0);
  ASSERT_TRUE(run_until([&] { return broker_->restarts() == 1; }));
  EXPECT_NE(broker_->pid(), first);
  events_.until("lost");
  events_.until("connected");
  auto device_1 = device(1);
  events_.until("online " + credentials(1).client_id.text);
  EXPECT_EQ(link_->publish_to_device(credentials(1).client_id.text, "back"), broker::PushVerdict::kQueued);
  const auto got = device_1.next_message();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->payload, "back");
}

TEST_F(SupervisedBrokerTest, ABrokerThatHangsIsKilledAndStartedAgain) {
  settings_.patience = Milliseconds(300);
  start_broker();
  const int first = broker_->pid();
  broker_->link_is(true);
  ASSERT_EQ(::kill(first, SIGSTOP), 0);
  broker_->link_is(false);
  ASSERT_TRUE(run_until([&] { return broker_->restarts() == 1; }));
  EXPECT_EQ(broker_->hung(), 1);
  EXPECT_NE(broker_->pid(), first);
  start_link();  // it lets us in again
}

TEST_F(SupervisedBrokerTest, ABrokerThatLetsUsInAgainLivesOn) {
  settings_.patience = Milliseconds(200);
  start_broker();
  const int first = broker_->pid();
  broker_->link_is(false);
  broker_->link_is(true);
  context_.run_for(std::chrono::milliseconds(600));  // three times its patience
  EXPECT_EQ(broker_->pid(), first);
  EXPECT_EQ(broker_->hung(), 0);
}

TEST_F(SupervisedBrokerTest, OneThatHangsFromItsStartIsKilledAgain) {
  settings_.patience = Milliseconds(200);
  start_broker();
  broker_->link_is(false);  // and nobody ever logs in
  ASSERT_TRUE(run_until([&] { return broker_->hung() == 2; }));
}

TEST_F(SupervisedBrokerTest, ALinkWaitsForABrokerThatComesLater) {
  link_ = std::make_unique<broker::MqttLink>(link_options(), events_.handlers());
  link_->start();
  EXPECT_FALSE(link_->connected());
  EXPECT_EQ(link_->publish_to_device("x", "y"), broker::PushVerdict::kNotConnected);
  start_broker();
  events_.until("connected");
  EXPECT_TRUE(link_->connected());
  EXPECT_EQ(link_->publish_to_device("x", std::string(broker::kMaxMqttPayloadBytes + 1, 'x')),
            broker::PushVerdict::kTooLarge);
}

TEST_F(SupervisedBrokerTest, ALinkStopsAtOnceAlsoWithoutABroker) {
  link_ = std::make_unique<broker::MqttLink>(link_options(), events_.handlers());
  link_->start();
  const auto begin = std::chrono::steady_clock::now();
  link_->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(3));
}

TEST_F(SupervisedBrokerTest, AFloodForDevicesThatAreGoneHarmsNobody) {
  start_broker();
  start_link();
  auto device_1 = device(1);
  const std::string message(1000, 'x');
  for (int i = 0; i < 20000; ++i) link_->publish_to_device(credentials(2).client_id.text, message);
  device_1.publish("device-server", "alive");
  events_.until(credentials(1).client_id.text + ": alive");
}

TEST_F(SupervisedBrokerTest, PushesToABrokerThatStandsStillAreBounded) {
  start_broker();
  start_link();
  const std::string message(20000, 'x');  // more than the sockets' buffers hold
  ASSERT_EQ(::kill(broker_->pid(), SIGSTOP), 0);
  int queued = 0;
  auto verdict = broker::PushVerdict::kQueued;
  while (verdict == broker::PushVerdict::kQueued && queued < 100000) {
    verdict = link_->publish_to_device(credentials(2).client_id.text, message);
    ++queued;
  }
  ASSERT_EQ(::kill(broker_->pid(), SIGCONT), 0);
  EXPECT_EQ(verdict, broker::PushVerdict::kOverflow);
  auto device_1 = device(1);
  const std::string id = credentials(1).client_id.text;
  ASSERT_TRUE(
      run_until([&] { return link_->publish_to_device(id, "last") == broker::PushVerdict::kQueued; }));
  for (auto got = device_1.next_message(); got && got->payload != "last"; got = device_1.next_message())
    continue;
}

// A device may stop reading and keep its connection; what it is sent must not fill the broker's memory.
TEST_F(SupervisedBrokerTest, ADeviceThatNeverReadsIsThrownOut) {
  start_broker();
  start_link();
  auto deaf = device(1);
  const std::string id = credentials(1).client_id.text;
  const long before = resident_kb();
  const std::string message(20000, 'x');
  for (int sent = 0; sent < 5000;) {
    if (link_->publish_to_device(id, message) == broker::PushVerdict::kQueued) ++sent;
  }
  events_.until("offline " + id);
  EXPECT_TRUE(deaf.wait_closed());
  EXPECT_LT(resident_kb() - before, 20000);

  auto device_2 = device(2);  // nobody else notices
  ASSERT_TRUE(run_until([&] {
    return link_->publish_to_device(credentials(2).client_id.text, "fine") == broker::PushVerdict::kQueued;
  }));
  EXPECT_TRUE(device_2.next_message());
  auto again = device(1);  // and it may come back
  ASSERT_TRUE(
      run_until([&] { return link_->publish_to_device(id, "back") == broker::PushVerdict::kQueued; }));
  EXPECT_TRUE(again.next_message());
}

}  // namespace
}  // namespace earshot::broker
