#include "gateway/control/devices/admission.h"

#include <gtest/gtest.h>

namespace earshot::gateway {
namespace {

using Kind = BootVerdict::Kind;
using Reason = BootVerdict::Reason;

const DeviceId kDevice = *DeviceId::parse("11:22:33:44:55:66");
constexpr const char* kFirstUuid = "36c98363-3656-43cb-a00f-8bced2391a90";
constexpr const char* kSecondUuid = "00000000-3656-43cb-a00f-8bced2391a90";

store::Device record(bool bound, const std::string& uuid = kFirstUuid) {
  store::Device device;
  device.id = kDevice;
  device.client_uuid = uuid;
  device.bound = bound;
  return device;
}

BootClaim claim(const std::string& uuid = kFirstUuid) {
  BootClaim made;
  made.uuid = uuid;
  return made;
}

void expect(const BootVerdict& verdict, Kind kind, Reason reason, bool pin = false) {
  EXPECT_EQ(static_cast<int>(verdict.kind), static_cast<int>(kind));
  EXPECT_EQ(name(verdict.reason), name(reason));
  EXPECT_EQ(verdict.pin, pin);
}

TEST(AdmissionTest, BindLetsInWhatIsBoundAndGivesOthersACode) {
  const auto bound = record(true);
  const auto waiting = record(false);
  expect(admit(AdmissionMode::kBind, nullptr, claim()), Kind::kNeedsOwner, Reason::kUnbound);
  expect(admit(AdmissionMode::kBind, &waiting, claim()), Kind::kNeedsOwner, Reason::kUnbound);
  expect(admit(AdmissionMode::kBind, &bound, claim()), Kind::kAdmit, Reason::kGood);
}

TEST(AdmissionTest, AUuidThatIsNotPinnedIsTheOneOfTheLastBoot) {
  const auto bound = record(true);
  auto other = claim(kSecondUuid);
  other.uuid_pinned = false;
  for (const auto mode : {AdmissionMode::kBind, AdmissionMode::kAllowList, AdmissionMode::kOpen}) {
    expect(admit(mode, &bound, other), Kind::kAdmit, Reason::kGood, true);
  }
}

TEST(AdmissionTest, AChipMustProveItselfThoughTheUuidIsNotPinned) {
  auto chip = record(true);
  chip.serial = "SN1";
  auto impostor = claim(kSecondUuid);
  impostor.record_serial_key = true;
  impostor.uuid_pinned = false;
  expect(admit(AdmissionMode::kOpen, &chip, impostor), Kind::kNeedsOwner, Reason::kOtherClient);
}

TEST(AdmissionTest, AllowListGivesStrangersNotEvenACode) {
  const auto listed = record(true, "");
  const auto stranger = record(false);
  expect(admit(AdmissionMode::kAllowList, nullptr, claim()), Kind::kRefuse, Reason::kNotListed);
  expect(admit(AdmissionMode::kAllowList, &stranger, claim()), Kind::kRefuse, Reason::kNotListed);
  expect(admit(AdmissionMode::kAllowList, &listed, claim()), Kind::kAdmit, Reason::kGood, true);
}

TEST(AdmissionTest, OpenPinsTheFirstClientSeen) {
  const auto seen = record(false);
  expect(admit(AdmissionMode::kOpen, nullptr, claim()), Kind::kAdmit, Reason::kGood, true);
  expect(admit(AdmissionMode::kOpen, &seen, claim()), Kind::kAdmit, Reason::kGood);
}

TEST(AdmissionTest, AnotherClientWithTheSameMacNeedsTheOwnerInEveryMode) {
  const auto bound = record(true);
  for (const auto mode : {AdmissionMode::kBind, AdmissionMode::kAllowList, AdmissionMode::kOpen}) {
    expect(admit(mode, &bound, claim(kSecondUuid)), Kind::kNeedsOwner, Reason::kOtherClient);
  }
}

TEST(AdmissionTest, ABlockedDeviceGetsNothingInEveryMode) {
  auto blocked = record(true);
  blocked.blocked = true;
  for (const auto mode : {AdmissionMode::kBind, AdmissionMode::kAllowList, AdmissionMode::kOpen}) {
    expect(admit(mode, &blocked, claim()), Kind::kRefuse, Reason::kBlocked);
  }
}

TEST(AdmissionTest, AChipWhoseKeyIsKnownMustProveItself) {
  auto bound = record(true);
  bound.serial = "SN1";
  BootClaim chip = claim();
  chip.serial = "SN1";
  chip.serial_key = chip.record_serial_key = true;
  expect(admit(AdmissionMode::kBind, &bound, chip), Kind::kNeedsProof, Reason::kSerial);
  chip.proven = true;
  expect(admit(AdmissionMode::kBind, &bound, chip), Kind::kAdmit, Reason::kGood);
}

TEST(AdmissionTest, ARightProofPinsANewUuidWithoutTheOwner) {
  auto bound = record(true);
  bound.serial = "SN1";
  BootClaim erased = claim(kSecondUuid);
  erased.serial = "SN1";
  erased.serial_key = erased.record_serial_key = true;
  expect(admit(AdmissionMode::kBind, &bound, erased), Kind::kNeedsProof, Reason::kSerial);
  erased.proven = true;
  expect(admit(AdmissionMode::kBind, &bound, erased), Kind::kAdmit, Reason::kGood, true);
}

TEST(AdmissionTest, LeavingOutTheSerialNumberIsNoWayAroundTheProof) {
  auto bound = record(true);
  bound.serial = "SN1";
  BootClaim downgraded = claim();
  downgraded.record_serial_key = true;
  expect(admit(AdmissionMode::kBind, &bound, downgraded), Kind::kNeedsOwner, Reason::kOtherClient);
  downgraded.serial = "SN2";  // another chip, honestly proven
  downgraded.serial_key = downgraded.proven = true;
  expect(admit(AdmissionMode::kBind, &bound, downgraded), Kind::kNeedsOwner, Reason::kOtherClient);
}

TEST(AdmissionTest, AProofDoesNotReplaceTheOwner) {
  BootClaim chip = claim();
  chip.serial = "SN1";
  chip.serial_key = chip.proven = true;
  expect(admit(AdmissionMode::kBind, nullptr, chip), Kind::kNeedsOwner, Reason::kUnbound);
}

TEST(AdmissionTest, ASerialNumberWithoutAKnownKeyProvesNothing) {
  auto bound = record(true);
  bound.serial = "SN1";
  BootClaim chip = claim(kSecondUuid);
  chip.serial = "SN1";
  expect(admit(AdmissionMode::kBind, &bound, chip), Kind::kNeedsOwner, Reason::kOtherClient);
  expect(admit(AdmissionMode::kBind, &bound,
               [] {
                 BootClaim same = claim();
                 same.serial = "SN1";
                 return same;
               }()),
         Kind::kAdmit, Reason::kGood);
}

TEST(AdmissionTest, ByDefaultOnlyLoopbackIsOpen) {
  EXPECT_EQ(default_admission({"127.0.0.1", "127.0.0.1", "::1"}), AdmissionMode::kOpen);
  EXPECT_EQ(default_admission({"127.0.0.1", "0.0.0.0"}), AdmissionMode::kBind);
  EXPECT_EQ(default_admission({"192.0.2.1"}), AdmissionMode::kBind);
  EXPECT_EQ(parse_admission_mode("allow-list"), AdmissionMode::kAllowList);
  EXPECT_EQ(parse_admission_mode("Bind"), std::nullopt);
}

auth::ClientId client_of_generation(const char* uuid, std::uint32_t generation) {
  return auth::make_credentials(kDevice, uuid, "b.zh-CN", Secret("k"), generation).client_id;
}

TEST(ClientVerdictTest, ServesThePinnedUuidWithCredentialsThatAreStillGood) {
  auto device = record(true);
  device.credential_minimum = 2;
  EXPECT_EQ(judge_client(AdmissionMode::kBind, &device, client_of_generation(kFirstUuid, 2)),
            AdmissionVerdict::kAdmitted);
  EXPECT_EQ(judge_client(AdmissionMode::kBind, &device, client_of_generation(kFirstUuid, 1)),
            AdmissionVerdict::kOldCredentials);
  EXPECT_EQ(judge_client(AdmissionMode::kBind, &device, client_of_generation(kSecondUuid, 2)),
            AdmissionVerdict::kOtherClient);
  device.bound = false;
  EXPECT_EQ(judge_client(AdmissionMode::kBind, &device, client_of_generation(kFirstUuid, 2)),
            AdmissionVerdict::kNotAdmitted);
  EXPECT_EQ(judge_client(AdmissionMode::kOpen, &device, client_of_generation(kFirstUuid, 2)),
            AdmissionVerdict::kAdmitted);
  EXPECT_EQ(judge_client(AdmissionMode::kOpen, nullptr, client_of_generation(kFirstUuid, 0)),
            AdmissionVerdict::kAdmitted);
  EXPECT_EQ(judge_client(AdmissionMode::kBind, nullptr, client_of_generation(kFirstUuid, 0)),
            AdmissionVerdict::kUnknownDevice);
}

TEST(RotationTest, OldCredentialsStayGoodUntilTheNewOnesAreUsed) {
  auto device = record(true);
  rotate_credentials(device, false);
  EXPECT_EQ(device.credential_issued, 1U);
  EXPECT_EQ(judge_client(AdmissionMode::kBind, &device, client_of_generation(kFirstUuid, 0)),
            AdmissionVerdict::kAdmitted);
  EXPECT_FALSE(note_generation_used(device, 0));
  EXPECT_TRUE(note_generation_used(device, 1));
  EXPECT_EQ(judge_client(AdmissionMode::kBind, &device, client_of_generation(kFirstUuid, 0)),
            AdmissionVerdict::kOldCredentials);
}

TEST(RotationTest, AtOnceRefusesTheOldOnesNow) {
  auto device = record(true);
  rotate_credentials(device, true);
  EXPECT_EQ(judge_client(AdmissionMode::kBind, &device, client_of_generation(kFirstUuid, 0)),
            AdmissionVerdict::kOldCredentials);
  EXPECT_EQ(judge_client(AdmissionMode::kBind, &device, client_of_generation(kFirstUuid, 1)),
            AdmissionVerdict::kAdmitted);
}

TEST(DeviceStateTest, SaysWhatTheConsoleShows) {
  auto device = record(false);
  EXPECT_EQ(device_state(AdmissionMode::kBind, device), "waiting");
  EXPECT_EQ(device_state(AdmissionMode::kOpen, device), "open");
  device.bound = true;
  EXPECT_EQ(device_state(AdmissionMode::kBind, device), "allowed");
  device.owner = "ann";
  EXPECT_EQ(device_state(AdmissionMode::kBind, device), "bound");
  device.blocked = true;
  EXPECT_EQ(device_state(AdmissionMode::kBind, device), "blocked");
}

}  // namespace
}  // namespace earshot::gateway
