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

}  // namespace
}  // namespace earshot::gateway
