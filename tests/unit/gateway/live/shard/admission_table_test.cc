#include "gateway/live/shard/admission_table.h"

#include <gtest/gtest.h>

namespace earshot::gateway {
namespace {

constexpr const char* kUuid = "36c98363-3656-43cb-a00f-8bced2391a90";

auth::ClientId client(const std::string& group = "GID_board.en", const std::string& uuid = kUuid) {
  return *auth::parse_client_id(group + "@@@02_00_00_00_00_01@@@" + uuid);
}

TEST(AdmissionTable, AnUnknownDeviceTalksOnlyWhereThatIsAllowed) {
  EXPECT_EQ(AdmissionTable(true).check(client()), AdmissionVerdict::kAdmitted);
  EXPECT_EQ(AdmissionTable(false).check(client()), AdmissionVerdict::kUnknownDevice);
}

TEST(AdmissionTable, ABlockedDeviceNeverTalks) {
  AdmissionTable table(true);
  table.put(client().device, {.admitted = false, .client_uuid = {}, .agent = {}});
  EXPECT_EQ(table.check(client()), AdmissionVerdict::kNotAdmitted);
  table.forget(client().device);
  EXPECT_EQ(table.check(client()), AdmissionVerdict::kAdmitted);
}

TEST(AdmissionTable, OnlyThePinnedClientTalksForItsDevice) {
  AdmissionTable table(false);
  table.put(client().device, {.admitted = true, .client_uuid = kUuid, .agent = {}});
  EXPECT_EQ(table.check(client()), AdmissionVerdict::kAdmitted);
  EXPECT_EQ(table.check(client("GID_board.en", "00000000-0000-0000-0000-000000000000")),
            AdmissionVerdict::kOtherClient);
}

TEST(AdmissionTable, CredentialsBelowTheMinimumAreLockedOut) {
  AdmissionTable table(false);
  table.put(client().device,
            {.admitted = true, .client_uuid = {}, .credential_minimum = 2, .agent = "tutor"});
  EXPECT_EQ(table.check(client("GID_board.en")), AdmissionVerdict::kOldCredentials);
  EXPECT_EQ(table.check(client("GID_board.en.r1")), AdmissionVerdict::kOldCredentials);
  EXPECT_EQ(table.check(client("GID_board.en.r2")), AdmissionVerdict::kAdmitted);
  EXPECT_EQ(table.agent_of(client().device), "tutor");
}

TEST(AdmissionTable, TellsWhetherSomebodyElseTalksThanBefore) {
  const DeviceFacts before{.admitted = true, .client_uuid = kUuid, .credential_minimum = 2, .agent = "tutor"};
  AdmissionTable table(true);
  EXPECT_FALSE(table.is_another(client().device, before)) << "nothing was told before";
  table.put(client().device,
            {.admitted = true, .client_uuid = {}, .credential_minimum = 2, .agent = "tutor"});
  EXPECT_FALSE(table.is_another(client().device, before)) << "it has been pinned";
  table.put(client().device, before);
  EXPECT_FALSE(table.is_another(client().device, before));
  DeviceFacts unbound = before;
  unbound.credential_minimum = 3;
  EXPECT_TRUE(table.is_another(client().device, unbound));
  DeviceFacts another = before;
  another.client_uuid = "00000000-0000-0000-0000-000000000000";
  EXPECT_TRUE(table.is_another(client().device, another));
  another = before;
  another.agent = "pirate";
  EXPECT_TRUE(table.is_another(client().device, another));
}

}  // namespace
}  // namespace earshot::gateway
