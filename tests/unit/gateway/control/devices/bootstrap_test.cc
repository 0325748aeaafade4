#include "gateway/control/devices/bootstrap.h"

#include <gtest/gtest.h>

#include "tests/unit/gateway/control/devices/bootstrap_fixture.h"

namespace earshot::gateway {
namespace {

using Kind = BootVerdict::Kind;

TEST_F(BootstrapTest, AStrangerGetsACodeUntilItsOwnerHasTypedItIn) {
  const auto first = boot(report());
  EXPECT_EQ(first->kind, Kind::kNeedsOwner);
  EXPECT_EQ(first->code.size(), 6U);
  EXPECT_FALSE(first->challenge.empty());
  EXPECT_EQ(activate(report()), ActivationState::kWaiting);
  ASSERT_NE(record(), nullptr) << "the console shows who waits";
  EXPECT_FALSE(record()->bound);

  EXPECT_EQ(bind(first->code), BindVerdict::kBound);
  EXPECT_EQ(activate(report()), ActivationState::kActivated);
  const auto second = boot(report());
  EXPECT_EQ(second->kind, Kind::kAdmit);
  EXPECT_EQ(second->code, "");
  EXPECT_EQ(second->challenge, "");
  EXPECT_EQ(record()->owner, "ann");
  EXPECT_EQ(record()->client_uuid, kUuid);
  EXPECT_EQ(record()->board, "box");
}

TEST_F(BootstrapTest, ACodeIsUsedUp) {
  const auto code = boot(report())->code;
  EXPECT_EQ(bind(code), BindVerdict::kBound);
  EXPECT_EQ(bind(code, "eve"), BindVerdict::kUnknownCode);
}

TEST_F(BootstrapTest, AnotherUuidWithTheMacGetsANewCodeAndTheOwnerDecides) {
  EXPECT_EQ(bind(boot(report())->code), BindVerdict::kBound);
  BootReport impostor = report(kOtherUuid);
  impostor.board = "evil";
  const auto answer = boot(impostor);
  EXPECT_EQ(answer->kind, Kind::kNeedsOwner);
  EXPECT_EQ(record()->board, "box") << "what an impostor tells is not believed";
  EXPECT_EQ(record()->client_uuid, kUuid);
  EXPECT_EQ(bind(answer->code, "eve"), BindVerdict::kNotYours);
  EXPECT_EQ(boot(report())->kind, Kind::kAdmit) << "the real one is not disturbed";
  EXPECT_EQ(bind(answer->code, "ann"), BindVerdict::kBound);
  EXPECT_EQ(record()->client_uuid, kOtherUuid);
  EXPECT_EQ(boot(report())->kind, Kind::kNeedsOwner);
}

TEST_F(BootstrapTest, AnOperatorBindsAnewForTheOwner) {
  EXPECT_EQ(bind(boot(report())->code), BindVerdict::kBound);
  EXPECT_EQ(bind(boot(report(kOtherUuid))->code, "root", true), BindVerdict::kBound);
  EXPECT_EQ(record()->owner, "ann");
}

TEST_F(BootstrapTest, OpenAdmitsAndPinsTheFirst) {
  make(AdmissionMode::kOpen);
  EXPECT_EQ(boot(report())->kind, Kind::kAdmit);
  EXPECT_EQ(record()->client_uuid, kUuid);
  EXPECT_EQ(boot(report(kOtherUuid))->kind, Kind::kNeedsOwner);
}

TEST_F(BootstrapTest, AToolThatMakesANewUuidAtEachBootComesInWhereItIsNotPinned) {
  make(AdmissionMode::kOpen, false);
  for (const char* uuid : {kUuid, kOtherUuid, kUuid}) {
    EXPECT_EQ(boot(report(uuid))->kind, Kind::kAdmit);
    EXPECT_EQ(record()->client_uuid, uuid) << "the last one is the device";
  }
}

TEST_F(BootstrapTest, AllowedDevicesComeInWithoutACode) {
  make(AdmissionMode::kAllowList);
  EXPECT_EQ(boot(report())->kind, Kind::kRefuse);
  EXPECT_EQ(record(), nullptr) << "strangers cost no memory";
  EXPECT_TRUE(allow(kMac, "lobby", ""));
  EXPECT_EQ(boot(report())->kind, Kind::kAdmit);
  EXPECT_EQ(record()->client_uuid, kUuid);
  EXPECT_EQ(boot(report(kOtherUuid))->kind, Kind::kNeedsOwner);
  EXPECT_EQ(bind(boot(report(kOtherUuid))->code, "eve"), BindVerdict::kNotYours);
}

TEST_F(BootstrapTest, UnbindingAsksForACodeAgain) {
  EXPECT_EQ(bind(boot(report())->code), BindVerdict::kBound);
  EXPECT_TRUE(unbind(kMac));
  const auto answer = boot(report());
  EXPECT_EQ(answer->kind, Kind::kNeedsOwner);
  EXPECT_EQ(bind(answer->code, "bob"), BindVerdict::kBound);
  EXPECT_EQ(record()->owner, "bob");
  EXPECT_FALSE(unbind(*DeviceId::parse("02:00:00:00:00:01")));
}

TEST_F(BootstrapTest, RotationHandsOutTheNextGeneration) {
  EXPECT_EQ(bind(boot(report())->code), BindVerdict::kBound);
  EXPECT_EQ(boot(report())->generation, 0U);
  EXPECT_TRUE(rotate(kMac, true));
  EXPECT_EQ(boot(report())->generation, 1U);
  EXPECT_EQ(record()->credential_minimum, 1U);
}

TEST_F(BootstrapTest, ABlockedDeviceIsRefusedAndItsCodeDoesNotBindIt) {
  const auto code = boot(report())->code;
  store::Device device = *record();
  device.blocked = true;
  directory_.put(device);
  EXPECT_EQ(bind(code), BindVerdict::kBlocked);
  EXPECT_EQ(boot(report())->kind, Kind::kRefuse);
  EXPECT_EQ(activate(report()), ActivationState::kRefused);
}

TEST_F(BootstrapTest, AChipProvesItselfAtEachBoot) {
  know_chip("SN1", "key-of-the-chip");
  const auto chip = report(kUuid, "SN1");
  const auto waiting = boot(chip);
  EXPECT_EQ(waiting->kind, Kind::kNeedsOwner);
  EXPECT_EQ(activate(chip, proof(waiting->challenge, "key-of-the-chip")), ActivationState::kWaiting);
  EXPECT_EQ(bind(waiting->code), BindVerdict::kBound);
  EXPECT_EQ(activate(chip, proof(waiting->challenge, "key-of-the-chip")), ActivationState::kActivated);
  EXPECT_EQ(boot(chip)->kind, Kind::kAdmit);

  const auto next = boot(chip);
  EXPECT_EQ(next->kind, Kind::kNeedsProof) << "a proof is used up by the credentials it brought";
  EXPECT_EQ(next->code, "");
  EXPECT_EQ(activate(chip), ActivationState::kNeedsProof);
  EXPECT_EQ(activate(chip, proof(next->challenge, "another key")), ActivationState::kWrongProof);
  EXPECT_EQ(boot(chip)->kind, Kind::kNeedsProof);
  EXPECT_EQ(activate(chip, proof(next->challenge, "key-of-the-chip")), ActivationState::kActivated);
  EXPECT_EQ(boot(chip)->kind, Kind::kAdmit);
}

TEST_F(BootstrapTest, AProofPinsAnErasedChipWithoutItsOwner) {
  know_chip("SN1", "k");
  const auto chip = report(kUuid, "SN1");
  EXPECT_EQ(bind(boot(chip)->code), BindVerdict::kBound);
  const auto erased = report(kOtherUuid, "SN1");
  const auto asked = boot(erased);
  EXPECT_EQ(asked->kind, Kind::kNeedsProof);
  EXPECT_EQ(activate(erased, proof(asked->challenge, "k")), ActivationState::kActivated);
  EXPECT_EQ(boot(erased)->kind, Kind::kAdmit);
  EXPECT_EQ(record()->client_uuid, kOtherUuid);
  EXPECT_EQ(boot(report(kUuid))->kind, Kind::kNeedsOwner) << "without its serial number it is somebody else";
}

TEST_F(BootstrapTest, AKeyThatCanNotBeOpenedLetsNobodyIn) {
  store_.now().devices().put_serial_key("SN1", "damaged");
  EXPECT_EQ(boot(report(kUuid, "SN1")).error().code, ErrorCode::kUnavailable);
}

TEST_F(BootstrapTest, CodesSurviveARestart) {
  const auto code = boot(report())->code;
  bootstrap_->tick();
  const auto saved = store_.now().settings().get(Bootstrap::kSettingKey);
  ASSERT_TRUE(saved);
  make(AdmissionMode::kBind);
  bootstrap_->load(*saved);
  EXPECT_EQ(boot(report())->code, code);
  EXPECT_EQ(bind(code), BindVerdict::kBound);
}

TEST_F(BootstrapTest, CodesAreSavedWhenTheyChangeAndNotOftener) {
  (void)boot(report());
  bootstrap_->tick();
  const auto writes = store_.stats().writes;
  bootstrap_->tick();
  EXPECT_EQ(store_.stats().writes, writes);
}

TEST_F(BootstrapTest, AStrangerWhoseCodeExpiresIsForgotten) {
  (void)boot(report());
  ASSERT_NE(record(), nullptr);
  clock_.advance(std::chrono::hours(24));
  bootstrap_->tick();
  EXPECT_EQ(record(), nullptr);
}

TEST_F(BootstrapTest, ADeviceThatWasSomebodysIsNotForgotten) {
  EXPECT_EQ(bind(boot(report())->code), BindVerdict::kBound);
  EXPECT_TRUE(unbind(kMac));
  (void)boot(report());
  clock_.advance(std::chrono::hours(24));
  bootstrap_->tick();
  EXPECT_NE(record(), nullptr);
}

TEST_F(BootstrapTest, APollWithoutAnOpenCodeIsSentBackToOta) {
  EXPECT_EQ(activate(report()), ActivationState::kUnknown);
  (void)boot(report());
  EXPECT_EQ(activate(report(kOtherUuid)), ActivationState::kUnknown);
}

TEST_F(BootstrapTest, AFloodOfInventedMacsIsBounded) {
  for (int i = 0; i < 500; ++i) {
    BootReport flood = report();
    char mac[18];
    std::snprintf(mac, sizeof mac, "02:00:00:00:%02x:%02x", i / 256, i % 256);
    flood.device = *DeviceId::parse(mac);
    (void)boot(flood);
  }
  EXPECT_LE(directory_.size(), ActivationLimits{}.per_peer);
  EXPECT_EQ(boot(report()).error().code, ErrorCode::kUnavailable) << "from the flood's own address";
  BootReport elsewhere = report();
  elsewhere.peer = "198.51.100.7";
  EXPECT_EQ(boot(elsewhere)->kind, Kind::kNeedsOwner);
}

TEST_F(BootstrapTest, TheObserverHearsOfAnAdmissionBeforeTheAnswer) {
  make(AdmissionMode::kOpen);
  std::vector<std::string> order;
  directory_.observe([&](const DeviceEntry&) { order.push_back("facts"); }, {});
  bootstrap_->boot(report(), [&](Result<BootAnswer>) { order.push_back("answer"); });
  run();
  EXPECT_EQ(order, (std::vector<std::string>{"facts", "answer"}));
}

TEST_F(BootstrapTest, TheNextOwnerGetsCredentialsThatTheLastOneDoesNotHave) {
  EXPECT_EQ(bind(boot(report())->code, "ann"), BindVerdict::kBound);
  const auto anns = boot(report())->generation;
  EXPECT_TRUE(unbind(kMac));
  EXPECT_GT(record()->credential_minimum, anns);
  EXPECT_EQ(bind(boot(report())->code, "bob"), BindVerdict::kBound);
  const auto bobs = boot(report())->generation;
  EXPECT_GT(bobs, anns);
  EXPECT_LE(record()->credential_minimum, bobs);
}

TEST_F(BootstrapTest, BindingADeviceThatWasAllowedBeginsNewCredentialsToo) {
  EXPECT_TRUE(allow(kMac, "lobby", ""));
  const auto before = boot(report())->generation;
  const auto code = boot(report(kOtherUuid))->code;
  EXPECT_EQ(bind(code, "ann", true), BindVerdict::kBound);
  EXPECT_GT(record()->credential_minimum, before);
}

TEST_F(BootstrapTest, WhoMayNotReachADeviceDoesNotUnbindIt) {
  EXPECT_EQ(bind(boot(report())->code, "ann"), BindVerdict::kBound);
  EXPECT_FALSE(unbind(kMac, {.user = "bob", .any_device = false, .peer = {}}));
  EXPECT_TRUE(record()->bound);
  EXPECT_TRUE(unbind(kMac, {.user = "ann", .any_device = false, .peer = {}}));
}

TEST_F(BootstrapTest, ACodeWhoseBindingWasNotKeptIsStillGood) {
  const auto code = boot(report())->code;
  store_.fail_with(Error{ErrorCode::kUnavailable, "disk full"});
  EXPECT_EQ(bind(code), BindVerdict::kNotKept);
  EXPECT_FALSE(record()->bound);
  store_.fail_with(std::nullopt);
  EXPECT_EQ(bind(code), BindVerdict::kBound);
}

}  // namespace
}  // namespace earshot::gateway
