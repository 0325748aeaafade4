// Two gateways on one database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "common/base/startup_error.h"
#include "gateway/store/postgres/migrations.h"
#include "gateway/store/postgres/open_postgres.h"
#include "gateway/store/postgres/postgres_store.h"
#include "tests/unit/gateway/store/postgres/shared_server.h"
#include "tests/unit/gateway/store/sample_records.h"

namespace earshot::store::postgres {
namespace {

using std::chrono::seconds;
using What = StoreChange::What;

class PostgresSharingTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = fakes::PostgresServer::missing(); !why.empty()) GTEST_SKIP() << why;
    settings_ = new_settings("a");
    other_ = settings_;
    other_.gateway = "b";
  }
  template <class Condition>
  bool until(Condition done, seconds longest) {
    const auto deadline = std::chrono::steady_clock::now() + longest;
    io_.restart();
    auto work = asio::make_work_guard(io_);
    while (!done() && std::chrono::steady_clock::now() < deadline) io_.run_one_for(Milliseconds(20));
    return done();
  }
  // Watches as `a`, from when everything has been told once.
  void watch() {
    proxy_ = open_postgres(settings_);
    proxy_->watch(io_.get_executor(), [this](const StoreChange& change) { heard_.push_back(change); });
    ASSERT_TRUE(until([&] { return !heard_.empty(); }, seconds(10)));
    EXPECT_EQ(heard_.front().what, What::kEverything);
    heard_.clear();
  }

  Settings settings_;
  Settings other_;
  asio::io_context io_;
  std::unique_ptr<StoreProxy> proxy_;
  std::vector<StoreChange> heard_;
};

TEST_F(PostgresSharingTest, AChangeIsHeardByTheOthersWithinASecond) {
  watch();
  auto store = PostgresStore::open(other_);
  const auto begin = std::chrono::steady_clock::now();
  store->devices().put(sample_device(1));
  ASSERT_TRUE(until([&] { return !heard_.empty(); }, seconds(5)));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(1));
  EXPECT_EQ(heard_.back().what, What::kDevice);
  EXPECT_EQ(heard_.back().key, device_id(1).text());
  store->users().put(sample_user("ann"));
  store->operators().put({.name = "o", .password_hash = "", .created = at_ms(1)});
  store->agents().put(Agent{.name = "x", .config = "{}", .changed = at_ms(1)});
  store->firmware().put(sample_image("f"));
  store->settings().put("k", "v");
  ASSERT_TRUE(until([&] { return heard_.size() >= 6; }, seconds(5)));
  std::vector<What> what;
  for (const StoreChange& change : heard_) what.push_back(change.what);
  EXPECT_THAT(what, testing::ElementsAre(What::kDevice, What::kAccounts, What::kOperators, What::kAgents,
                                         What::kFirmware, What::kSetting));
}

TEST_F(PostgresSharingTest, WhenSomethingWasSeenOrUsedIsNotTold) {
  watch();
  auto store = PostgresStore::open(other_);
  store->devices().put(sample_device(1));
  store->users().put(sample_user("ann"));
  store->tokens().put(sample_token("t", "ann"));
  ASSERT_TRUE(until([&] { return heard_.size() == 3; }, seconds(5)));
  auto device = sample_device(1);
  device.last_seen = at_ms(99);
  device.last_peer = "elsewhere";
  store->devices().put(device);
  auto user = sample_user("ann");
  user.last_login = at_ms(99);
  store->users().put(user);
  auto token = sample_token("t", "ann");
  token.last_used = at_ms(99);
  store->tokens().put(token);
  store->settings().put("last", "1");
  ASSERT_TRUE(until([&] { return heard_.size() >= 4; }, seconds(5)));
  EXPECT_EQ(heard_.size(), 4U);
  EXPECT_EQ(heard_.back().what, What::kSetting);
}

TEST_F(PostgresSharingTest, OurOwnChangesAreNotTold) {
  watch();
  bool written = false;
  proxy_->write(
      io_.get_executor(), [](Store& store) { store.devices().put(sample_device(1)); },
      [&](const Status& status) { written = status.ok(); });
  ASSERT_TRUE(until([&] { return written; }, seconds(5)));
  PostgresStore::open(other_)->settings().put("last", "1");
  ASSERT_TRUE(until([&] { return !heard_.empty(); }, seconds(5)));
  EXPECT_EQ(heard_.size(), 1U);
}

TEST_F(PostgresSharingTest, AfterALostConnectionEverythingIsToldAnew) {
  watch();
  shared_server().sql(
      settings_.url,
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'earshot a'");
  ASSERT_TRUE(until([&] { return !heard_.empty(); }, seconds(10)));
  EXPECT_EQ(heard_.front().what, What::kEverything);
}

TEST_F(PostgresSharingTest, WritersTakeTurnsAndNoCountIsLost) {
  constexpr int kEach = 50;
  const auto count = [](const Settings& settings) {
    auto proxy = open_postgres(settings);
    for (int i = 0; i < kEach; ++i) {
      proxy->write([](Store& store) {
        const std::string now = store.settings().get("count").value_or("0");
        store.settings().put("count", std::to_string(std::stoi(now) + 1));
      });
    }
    proxy->stop();
  };
  std::thread one(count, settings_);
  std::thread two(count, other_);
  one.join();
  two.join();
  settings_.gateway = "reader";
  EXPECT_EQ(PostgresStore::open(settings_)->settings().get("count"), std::to_string(2 * kEach));
}

TEST_F(PostgresSharingTest, AGatewayTakesUpItsOwnCommandsOnly) {
  auto command = sample_command("c", 1);
  command.state = CommandState::kQueued;
  PostgresStore::open(settings_)->commands().put(command);
  auto there = PostgresStore::open(other_);
  EXPECT_TRUE(there->commands().unfinished().empty());
  EXPECT_TRUE(there->commands().find("c")) << "its receipt is seen everywhere";
  EXPECT_EQ(PostgresStore::open(settings_)->commands().unfinished().size(), 1U);
}

TEST_F(PostgresSharingTest, ANotebookIsOfTheGatewayWhereItsDeviceTalks) {
  const auto here = PostgresStore::open(settings_);
  const auto there = PostgresStore::open(other_);
  here->memory()->put_notebook(device_id(1), "a");
  there->memory()->put_notebook(device_id(1), "stale");
  there->memory()->put_notebook(device_id(1), "");
  EXPECT_TRUE(there->memory()->notebooks().empty());
  ASSERT_EQ(here->memory()->notebooks().size(), 1U);
  EXPECT_EQ(there->memory()->take_notebook(device_id(1)), "a");
  EXPECT_TRUE(here->memory()->notebooks().empty());
  here->memory()->put_notebook(device_id(1), "stale");
  EXPECT_EQ(there->memory()->notebooks().at(0).second, "a");
  here->memory()->forget(device_id(1), 1);
  EXPECT_TRUE(there->memory()->notebooks().empty()) << "who forgets a device forgets all";
}

TEST_F(PostgresSharingTest, ThatANotebookWasRemovedIsTold) {
  watch();
  const auto there = PostgresStore::open(other_);
  there->memory()->put_notebook(device_id(1), "a");
  there->memory()->put_notebook(device_id(1), "b");
  there->memory()->put_notebook(device_id(1), "");
  ASSERT_TRUE(until([&] { return !heard_.empty(); }, seconds(5)));
  EXPECT_EQ(heard_.size(), 1U);
  EXPECT_EQ(heard_[0].what, What::kNotebook);
  EXPECT_EQ(heard_[0].key, device_id(1).text());
}

TEST_F(PostgresSharingTest, ANotebookOfNobodyIsOfTheFirstWhoAsks) {
  const auto here = PostgresStore::open(settings_);
  shared_server().sql(
      settings_.url, "INSERT INTO notebooks (device, text) VALUES ('" + device_id(1).text() + "', 'copied')");
  EXPECT_EQ(here->memory()->notebooks().size(), 1U);
  EXPECT_TRUE(PostgresStore::open(other_)->memory()->notebooks().empty());
}

TEST_F(PostgresSharingTest, WhatOneGatewayWasToldTheOtherKnows) {
  const MemoryOwner owner{device_id(1), "house"};
  PostgresStore::open(settings_)->memory()->add(
      owner, {.at = at_ms(1), .words = "my cat is called Miso", .reply = ""}, 10);
  EXPECT_EQ(PostgresStore::open(other_)->memory()->find(owner, {.words = "cats"}).size(), 1U);
}

TEST_F(PostgresSharingTest, GatewaysThatStartTogetherMakeOneSchema) {
  std::vector<std::thread> threads;
  std::atomic<int> opened{0};
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&, i] {
      Settings settings = settings_;
      settings.gateway = "g" + std::to_string(i);
      PostgresStore::open(settings)->settings().put(settings.gateway, "1");
      ++opened;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(opened, 6);
}

TEST_F(PostgresSharingTest, ADatabaseOfANewerProgramIsRefused) {
  PostgresStore::open(settings_);
  shared_server().sql(settings_.url, "UPDATE earshot_schema SET version = 999");
  EXPECT_THROW(PostgresStore::open(settings_), StartupError);
}

TEST_F(PostgresSharingTest, WhatTheAddressDoesNotLeadToIsSaidWithoutThePassword) {
  settings_.url = "postgresql://earshot@/nowhere?host=/nonexistent";
  settings_.password = Secret("hush-hush");
  try {
    PostgresStore::open(settings_);
    ADD_FAILURE() << "it opened";
  } catch (const StartupError& failure) {
    EXPECT_THAT(failure.what(), testing::HasSubstr("the database cannot be reached"));
    EXPECT_THAT(failure.what(), testing::Not(testing::HasSubstr("hush")));
  }
}

}  // namespace
}  // namespace earshot::store::postgres
