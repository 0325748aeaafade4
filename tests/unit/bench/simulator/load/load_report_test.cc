#include "bench/simulator/load/load_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::simulator {
namespace {

using testing::HasSubstr;

LoadReport whole() {
  LoadReport report;
  report.devices = 2;
  report.sent = report.expected = report.received = 100;
  return report;
}

TEST(LoadReportTest, AllPacketsOfAllDevicesIsNoFailure) {
  LoadReport report = whole();
  EXPECT_EQ(report.failure(), std::nullopt);
  EXPECT_THAT(to_json(report), HasSubstr(R"("ok":true)"));
}

TEST(LoadReportTest, WhatDidNotHappenIsNamed) {
  const struct {
    void (*spoil)(LoadReport&);
    const char* failure;
  } cases[] = {
      {[](LoadReport& report) { report.failed_devices = 1; },
       "1 devices have lost their connection or session"},
      {[](LoadReport& report) { report.sent = 0; }, "nothing was sent"},
      {[](LoadReport& report) { report.received = 0; }, "nothing has come back"},
      {[](LoadReport& report) { report.deaf_devices = 1; }, "1 devices have heard nothing"},
      {[](LoadReport& report) { report.duplicates = 3; }, "3 packets came twice"},
      {[](LoadReport& report) { report.corrupt = 3; }, "3 packets are not what was sent"},
      {[](LoadReport& report) { report.received = 99; }, "1 packets are missing"},
  };
  for (const auto& one : cases) {
    LoadReport report = whole();
    one.spoil(report);
    EXPECT_EQ(report.failure(), one.failure);
    EXPECT_THAT(to_json(report), HasSubstr(R"("ok":false)"));
  }
}

TEST(LoadReportTest, PacketsMayBeMissingWhenTheyWereLostOnPurpose) {
  LoadReport report = whole();
  report.faulty_network = true;
  report.received = 60;
  EXPECT_EQ(report.failure(), std::nullopt);
}

TEST(LoadReportTest, WhereNothingComesBackAllMustHaveBeenSent) {
  LoadReport report = whole();
  report.kind = LoadKind::kUp;
  report.received = 0;
  EXPECT_EQ(report.failure(), std::nullopt);
  report.send_failures = 2;
  EXPECT_EQ(report.failure(), "2 datagrams could not be sent");
}

}  // namespace
}  // namespace earshot::simulator
