#include "gateway/store/retention.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "tests/fakes/inline_store.h"
#include "tests/fakes/manual_clock.h"
#include "tests/unit/gateway/store/sample_records.h"

namespace earshot::store {
namespace {

using std::chrono::days;

class RetentionTest : public testing::Test {
 protected:
  RetentionTest() { clock_.set_wall(std::chrono::sys_days(days(20'000))); }

  WallTime ago(int number) const {
    return std::chrono::time_point_cast<Milliseconds>(clock_.wall()) - days(number);
  }
  // One of each kind.
  void add(int number, int days_ago) {
    const std::string name = std::to_string(number);
    auto conversation = sample_conversation(name, 1);
    conversation.started = ago(days_ago);
    store_.now().conversations().put(conversation);
    auto turn = sample_turn(name, 1, 1);
    turn.started = ago(days_ago);
    turn.user_audio = "sound";
    store_.now().conversations().add(turn);
    auto command = sample_command(name, 1);
    command.finished = ago(days_ago);
    store_.now().commands().put(command);
    AuditEntry entry;
    entry.at = ago(days_ago);
    store_.now().audit().add(entry);
  }
  void run(RetentionDays kept) {
    Retention retention(io_.get_executor(), store_, clock_, kept);
    retention.start();
    io_.poll();
    retention.stop();
    io_.run();
    removed_ = retention.removed();
  }

  fakes::ManualClock clock_;
  fakes::InlineStore store_;
  asio::io_context io_;
  std::uint64_t removed_ = 0;
};

TEST_F(RetentionTest, EachKindIsKeptItsOwnDays) {
  for (const int age : {1, 10, 40, 400}) add(age, age);
  run({.conversations = 30, .audio = 5, .audit = 300});
  EXPECT_TRUE(store_.now().conversations().find("10"));
  EXPECT_FALSE(store_.now().conversations().find("40"));
  EXPECT_TRUE(store_.now().conversations().audio("1", 1));
  EXPECT_FALSE(store_.now().conversations().audio("10", 1));
  EXPECT_EQ(store_.now().conversations().turns("10").size(), 1U);
  EXPECT_TRUE(store_.now().commands().find("40"));
  EXPECT_FALSE(store_.now().commands().find("400"));
  EXPECT_EQ(store_.now().audit().list({}).items.size(), 3U);
}

TEST_F(RetentionTest, NoDaysMeanForEver) {
  add(1, 10'000);
  run({.conversations = 0, .audio = 0, .audit = 0, .memory = 0});
  EXPECT_EQ(removed_, 0U);
  EXPECT_EQ(store_.stats().writes, 0U);
}

TEST_F(RetentionTest, MuchIsRemovedInManySmallJobs) {
  store_.now().settings().put("ready", "1");
  for (int i = 0; i < 320; ++i) add(i, 100);
  run({.conversations = 90, .audio = 0, .audit = 0});
  EXPECT_EQ(removed_, 320U);
  EXPECT_GE(store_.stats().writes, 7U);
  EXPECT_TRUE(store_.now().conversations().list({}, {}).items.empty());
}

TEST_F(RetentionTest, AFailureEndsItUntilTheNextHour) {
  add(1, 100);
  store_.fail_with(Error{ErrorCode::kUnavailable, "disk full"});
  run({});
  EXPECT_EQ(removed_, 0U);
  EXPECT_LE(store_.stats().failed, 5U);
}

TEST_F(RetentionTest, AClockThatJumpsRemovesNothingUntilItIsEvenForADay) {
  add(1, 1);
  Retention retention(io_.get_executor(), store_, clock_, {});
  const auto hour = [&] {
    clock_.advance(std::chrono::hours(1));
    retention.start();
    io_.restart();
    io_.poll();
  };
  hour();
  const auto right = clock_.wall();
  clock_.set_wall(right + days(1000));
  for (int i = 0; i < 20; ++i) hour();
  EXPECT_EQ(retention.removed(), 0U);
  clock_.set_wall(right + std::chrono::hours(20));
  for (int i = 0; i < 30; ++i) hour();
  EXPECT_EQ(retention.removed(), 0U) << "it was set right, and nothing is that old";
  clock_.set_wall(right + days(1000));
  for (int i = 0; i < 30; ++i) hour();
  EXPECT_GT(retention.removed(), 0U) << "it is not a mistake any more";
  retention.stop();
}

}  // namespace
}  // namespace earshot::store
