#include "gateway/ctl/receipt.h"

#include <gtest/gtest.h>

namespace earshot::ctl {
namespace {

json::object command(const std::string& text) {
  return *json::parse_object(text, 4096);
}

TEST(ReceiptTest, OnlyQueuedAndSentAreNotFinished) {
  for (const char* open : {"queued", "sent"}) {
    EXPECT_FALSE(is_finished({{"state", open}}));
    EXPECT_EQ(exit_of({{"state", open}}), Exit::kOk);
  }
  for (const char* over : {"answered", "failed", "expired", "cancelled"})
    EXPECT_TRUE(is_finished({{"state", over}}));
}

TEST(ReceiptTest, ADevicesNoIsAnotherExitCodeThanSilence) {
  EXPECT_EQ(exit_of(command(R"({"state":"answered"})")), Exit::kOk);
  EXPECT_EQ(exit_of(command(R"({"state":"expired","error":{"code":"offline"}})")), Exit::kFailed);
  EXPECT_EQ(exit_of(command(R"({"state":"failed","error":{"code":"timeout"}})")), Exit::kFailed);
  EXPECT_EQ(exit_of(command(R"({"state":"cancelled"})")), Exit::kFailed);
  for (const char* code : {"device_error", "unknown_tool", "user_tool", "bad_arguments"})
    EXPECT_EQ(exit_of(command(std::string(R"({"state":"failed","error":{"code":")") + code + "\"}}")),
              Exit::kRefused);
}

TEST(ReceiptTest, TheOutcomeIsWhatTheDeviceSaidOrWhatHappened) {
  EXPECT_EQ(outcome_text(command(R"({"kind":"tool","state":"answered","result":{"text":"true"}})")), "true");
  EXPECT_EQ(outcome_text(command(R"({"kind":"reboot","state":"answered","result":{"how":"reconnect"}})")),
            "rebooted (it came back)");
  EXPECT_EQ(outcome_text(command(R"({"kind":"say","state":"answered","result":{"how":"speech"}})")), "said");
  EXPECT_EQ(outcome_text(command(R"({"state":"failed","error":{"code":"timeout","message":"no answer"}})")),
            "failed: no answer");
  EXPECT_EQ(outcome_text(command(R"({"error":{"code":"not_found","message":"no such device"}})")),
            "refused: no such device");
}

}  // namespace
}  // namespace earshot::ctl
