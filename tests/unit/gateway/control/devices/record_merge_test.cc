#include "gateway/control/devices/record_merge.h"

#include <gtest/gtest.h>

#include "gateway/store/sqlite/sqlite_store.h"
#include "tests/unit/gateway/store/sample_records.h"

namespace earshot::gateway {
namespace {

using store::sample_device;

TEST(RecordMergeTest, EachOnesFieldsStay) {
  const auto base = sample_device(1);
  auto mine = base;
  mine.firmware = "9.9";
  mine.last_seen = store::at_ms(99);
  auto theirs = base;
  theirs.bound = !base.bound;
  theirs.owner = "ann";
  const auto both = merged(base, mine, theirs);
  auto expected = theirs;
  expected.firmware = "9.9";
  expected.last_seen = store::at_ms(99);
  EXPECT_EQ(both, expected);
}

TEST(RecordMergeTest, EveryFieldIsCarriedOver) {
  const auto base = sample_device(1, "base");
  auto mine = sample_device(1, "mine");
  mine.bound = !base.bound;
  mine.blocked = !base.blocked;
  mine.auto_update = !base.auto_update;
  mine.transport = base.transport == store::DeviceTransport::kMqtt ? store::DeviceTransport::kWebSocket
                                                                   : store::DeviceTransport::kMqtt;
  mine.credential_minimum = base.credential_minimum + 1;
  mine.credential_issued = base.credential_issued + 1;
  mine.first_seen = base.first_seen + Milliseconds(1);
  mine.last_seen = base.last_seen + Milliseconds(1);
  EXPECT_EQ(merged(base, mine, base), mine);
}

TEST(RecordMergeTest, WhatAnotherRemovedIsNotMadeAgain) {
  const auto opened = store::sqlite::SqliteStore::in_memory();
  EXPECT_FALSE(write_merged(*opened, sample_device(1), sample_device(1, "new")));
  EXPECT_TRUE(opened->devices().all().empty());
  EXPECT_TRUE(write_merged(*opened, std::nullopt, sample_device(1)));
  EXPECT_EQ(opened->devices().all().size(), 1U);
}

}  // namespace
}  // namespace earshot::gateway
