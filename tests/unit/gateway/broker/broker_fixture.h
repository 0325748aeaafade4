// A real mosquitto with our plugin on a free loopback port, and what a gateway's link reports, for tests.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "common/asio/asio.h"
#include "common/auth/device_credentials.h"
#include "gateway/broker/mqtt_link.h"
#include "gateway/broker/supervised_broker.h"
#include "tests/fakes/raw_mqtt_client.h"

namespace earshot::broker {

inline const Secret kDeviceKey{"Sample-Key-For-Docs"};

inline std::uint16_t free_port() {
  asio::io_context context;
  const asio::ip::tcp::acceptor acceptor(context, {asio::ip::make_address("127.0.0.1"), 0});
  return acceptor.local_endpoint().port();
}

inline fakes::RawMqttClient::Login login_of(const auth::DeviceCredentials& credentials) {
  return {.client_id = credentials.client_id.text,
          .username = credentials.username,
          .password = std::string(credentials.password.reveal())};
}

// What the link told, in order, as text: "connected", "online <id>", "<id>: <payload>", ...
class LinkRecorder {
 public:
  broker::MqttLinkHandlers handlers() {
    return {.on_message =
                [this](const broker::DeviceMessage& message) {
                  record(message.from.text + ": " + std::string(message.payload));
                },
            .on_presence = [this](const auth::ClientId& who,
                                  bool online) { record((online ? "online " : "offline ") + who.text); },
            .on_connection = [this](bool connected) { record(connected ? "connected" : "lost"); }};
  }
  // Everything up to and with the first `last` that no earlier call returned; what came until then after 5 s.
  std::vector<std::string> until(const std::string& last) {
    std::unique_lock lock(mutex_);
    auto found = events_.end();
    changed_.wait_for(lock, std::chrono::seconds(5), [&] {
      found = std::find(events_.begin(), events_.end(), last);
      return found != events_.end();
    });
    EXPECT_TRUE(found != events_.end()) << "never came: " << last;
    if (found != events_.end()) ++found;
    std::vector<std::string> taken(events_.begin(), found);
    events_.erase(events_.begin(), found);
    return taken;
  }

 protected:
  void record(std::string event) {
    const std::scoped_lock lock(mutex_);
    events_.push_back(std::move(event));
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> events_;
};

class BrokerFixture : public testing::Test {
 protected:
  void SetUp() override {
    std::string made = (std::filesystem::temp_directory_path() / "earshot broker XXXXXX").string();
    ASSERT_NE(::mkdtemp(made.data()), nullptr);
    folder_ = made;
    settings_.listeners = {{"127.0.0.1", free_port()}};
    settings_.run_folder = folder_ / "run";
    settings_.plugin = EARSHOT_BROKER_PLUGIN;
    settings_.device_key = kDeviceKey;
    settings_.gateway_password = Secret("gateway-password");
  }
  void TearDown() override {
    if (link_) link_->stop();  // its handlers may use link_
    link_.reset();
    broker_.reset();
    std::filesystem::remove_all(folder_);
  }

  void start_broker() {
    broker_ = std::make_unique<SupervisedBroker>(context_, settings_);
    broker_->start();
  }
  broker::MqttLinkOptions link_options() const {
    broker::MqttLinkOptions options;
    options.port = port();
    options.client_id = "earshot-gateway-test";
    options.username = settings_.gateway_user;
    options.password = settings_.gateway_password;
    return options;
  }
  void start_link() {
    link_ = std::make_unique<broker::MqttLink>(link_options(), events_.handlers());
    link_->start();
    events_.until("connected");
  }
  std::uint16_t port() const { return settings_.listeners.front().port; }

  static auth::DeviceCredentials credentials(int number) {
    const auto device = DeviceId::parse("02:00:00:00:00:0" + std::to_string(number));
    return auth::make_credentials(*device, "36c98363-3656-43cb-a00f-8bced2391a90", "test", kDeviceKey);
  }
  fakes::RawMqttClient open() {
    auto client = fakes::RawMqttClient::open("127.0.0.1", port());
    if (!client) throw std::runtime_error("nobody listens");
    return std::move(*client);
  }
  fakes::RawMqttClient device(int number) {
    fakes::RawMqttClient client = open();
    EXPECT_EQ(client.login(login_of(credentials(number))), 0);
    return client;
  }

  asio::io_context context_;
  std::filesystem::path folder_;
  BrokerSettings settings_;
  LinkRecorder events_;
  std::unique_ptr<SupervisedBroker> broker_;
  std::unique_ptr<broker::MqttLink> link_;
};

}  // namespace earshot::broker
