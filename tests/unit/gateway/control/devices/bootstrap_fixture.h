// A Bootstrap over a store in memory, with a clock that is moved by hand.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "common/base/bytes.h"
#include "common/base/hmac.h"
#include "gateway/control/devices/bootstrap.h"
#include "tests/fakes/inline_store.h"
#include "tests/fakes/manual_clock.h"

namespace earshot::gateway {

inline const DeviceId kMac = *DeviceId::parse("11:22:33:44:55:66");
inline constexpr const char* kUuid = "36c98363-3656-43cb-a00f-8bced2391a90";
inline constexpr const char* kOtherUuid = "00000000-3656-43cb-a00f-8bced2391a90";

class BootstrapTest : public testing::Test {
 protected:
  BootstrapTest() {
    clock_.set_wall(std::chrono::system_clock::time_point(std::chrono::milliseconds(1'790'000'000'000)));
    make(AdmissionMode::kBind);
  }

  void make(AdmissionMode mode, bool pin_uuid = true) {
    bootstrap_.emplace(mode, Bootstrap::Parts{.directory = directory_,
                                              .store = store_,
                                              .hub = hub_,
                                              .clock = clock_,
                                              .executor = io_.get_executor(),
                                              .secrets = box_,
                                              .pin_uuid = pin_uuid});
  }

  void know_chip(const std::string& serial, const std::string& key) {
    store_.now().devices().put_serial_key(serial, box_.seal(Bootstrap::serial_purpose(serial), key));
  }
  static BootReport report(const char* uuid = kUuid, const std::string& serial = "") {
    return {.device = kMac,
            .uuid = uuid,
            .serial = serial,
            .board = "box",
            .version = "2.4.2",
            .language = "zh-CN",
            .peer = "192.0.2.9"};
  }
  Result<BootAnswer> boot(const BootReport& from) {
    std::optional<Result<BootAnswer>> told;
    bootstrap_->boot(from, [&](Result<BootAnswer> answer) { told = std::move(answer); });
    run();
    EXPECT_TRUE(told.has_value());
    return told.value_or(Error{});
  }
  ActivationState activate(const BootReport& from, const ActivationProof& proof = {}) {
    std::optional<ActivationState> told;
    bootstrap_->activate(from, proof, [&](ActivationState state) { told = state; });
    run();
    EXPECT_TRUE(told.has_value());
    return told.value_or(ActivationState::kUnknown);
  }
  BindVerdict bind(const std::string& code, const std::string& user = "ann", bool any_device = false) {
    std::optional<BindVerdict> told;
    bootstrap_->bind(code, {.user = user, .any_device = any_device, .peer = "10.0.0.1"}, "", "", {},
                     [&](BindVerdict verdict, const std::optional<DeviceId>&) { told = verdict; });
    run();
    EXPECT_TRUE(told.has_value());
    return told.value_or(BindVerdict::kNotKept);
  }
  bool allow(const DeviceId& device, const std::string& name, const std::string& uuid) {
    return kept(
        [&](const Bootstrap::Finished& done) { bootstrap_->allow(device, name, uuid, std::nullopt, done); });
  }
  bool unbind(const DeviceId& device, const Binder& who = {.user = {}, .any_device = true, .peer = {}}) {
    return kept(
        [&](const Bootstrap::Finished& done) { bootstrap_->unbind(device, who, std::nullopt, done); });
  }
  bool rotate(const DeviceId& device, bool now) {
    return kept([&](const Bootstrap::Finished& done) {
      bootstrap_->rotate(device, {.user = {}, .any_device = true, .peer = {}}, now, std::nullopt, done);
    });
  }
  template <class Order>
  bool kept(Order&& order) {
    std::optional<bool> told;
    order([&](const Status& status) { told = status.ok(); });
    run();
    EXPECT_TRUE(told.has_value());
    return told.value_or(false);
  }
  const store::Device* record() const {
    const DeviceEntry* entry = directory_.find(kMac);
    return entry == nullptr ? nullptr : &entry->record;
  }
  static ActivationProof proof(const std::string& challenge, const std::string& key) {
    return {.challenge = challenge, .hmac_hex = to_hex(hmac_sha256(as_bytes(key), as_bytes(challenge)))};
  }
  void run() {
    io_.restart();
    io_.poll();
  }

  asio::io_context io_{1};
  fakes::ManualClock clock_;
  fakes::InlineStore store_;
  store::SecretBox box_{Secret(std::string(32, 'k'))};
  EventHub hub_{clock_};
  DeviceDirectory directory_{io_.get_executor(), store_, hub_, clock_};
  std::optional<Bootstrap> bootstrap_;
};

}  // namespace earshot::gateway
