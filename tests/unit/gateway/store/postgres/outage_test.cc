// The proxy over a real server that is stopped, started and frozen.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>

#include "common/base/startup_error.h"
#include "gateway/store/postgres/open_postgres.h"
#include "gateway/store/postgres/postgres_store.h"
#include "tests/unit/gateway/store/postgres/shared_server.h"
#include "tests/unit/gateway/store/sample_records.h"

namespace earshot::store::postgres {
namespace {

using std::chrono::seconds;

class PostgresOutageTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = fakes::PostgresServer::missing(); !why.empty()) GTEST_SKIP() << why;
    server_ = std::make_unique<fakes::PostgresServer>();
    settings_ = {.url = server_->new_database(), .gateway = "here", .statement_timeout = Milliseconds(1000)};
    proxy_ = open_postgres(settings_);
  }
  // Runs the executor until `done`.
  template <class Condition>
  bool until(Condition done, seconds longest) {
    const auto deadline = std::chrono::steady_clock::now() + longest;
    io_.restart();
    auto work = asio::make_work_guard(io_);
    while (!done() && std::chrono::steady_clock::now() < deadline) io_.run_one_for(Milliseconds(20));
    return done();
  }
  std::optional<Status> put(const std::string& key, seconds longest) {
    std::optional<Status> outcome;
    proxy_->write(
        io_.get_executor(), [key](Store& store) { store.settings().put(key, "1"); },
        [&outcome](const Status& status) { outcome = status; });
    until([&] { return outcome.has_value(); }, longest);
    return outcome;
  }

  std::unique_ptr<fakes::PostgresServer> server_;
  Settings settings_;
  asio::io_context io_;
  std::unique_ptr<StoreProxy> proxy_;
};

TEST_F(PostgresOutageTest, WhoWaitsIsToldAndWhatNobodyWaitsForIsWrittenWhenItIsBack) {
  ASSERT_TRUE(put("before", seconds(10))->ok());
  server_->stop();
  int kept = 0;
  for (int i = 0; i < 200; ++i) {
    proxy_->keep(
        io_.get_executor(),
        [i](Store& store) {
          store.conversations().add(sample_turn("s", 1, static_cast<std::uint32_t>(i + 1)));
        },
        [&kept](const Status& status) { kept += status.ok() ? 1 : 0; });
  }
  const auto refused = put("during", seconds(12));
  ASSERT_TRUE(refused);
  ASSERT_FALSE(refused->ok());
  EXPECT_EQ(refused->error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(refused->error().message, testing::HasSubstr("the database cannot be reached"));
  EXPECT_TRUE(proxy_->stats().away);
  const auto at_once = std::chrono::steady_clock::now();
  EXPECT_FALSE(put("later", seconds(12))->ok());
  EXPECT_LT(std::chrono::steady_clock::now() - at_once, seconds(2)) << "it is known to be away";
  EXPECT_EQ(kept, 0);
  server_->start();
  EXPECT_TRUE(until([&] { return kept == 200; }, seconds(20)));
  EXPECT_FALSE(proxy_->stats().away);
  EXPECT_TRUE(put("after", seconds(10))->ok());
  EXPECT_EQ(server_->sql(settings_.url, "SELECT count(*) FROM turns"), "200");
  EXPECT_EQ(server_->sql(settings_.url, "SELECT string_agg(key, ' ' ORDER BY key) FROM settings"),
            "after before");
}

TEST_F(PostgresOutageTest, ItIsFoundAgainThoughNobodyAsks) {
  server_->stop();
  EXPECT_FALSE(put("x", seconds(12))->ok());
  server_->start();
  EXPECT_TRUE(until([&] { return !proxy_->stats().away; }, seconds(15)));
}

TEST_F(PostgresOutageTest, AServerThatAnswersNothingIsAway) {
  ASSERT_TRUE(put("before", seconds(10))->ok());
  server_->freeze(true);
  const auto refused = put("during", seconds(30));
  server_->freeze(false);
  ASSERT_TRUE(refused);
  EXPECT_FALSE(refused->ok());
  EXPECT_TRUE(until([&] { return !proxy_->stats().away; }, seconds(20)));
  EXPECT_TRUE(put("after", seconds(10))->ok());
}

TEST_F(PostgresOutageTest, StopEndsWithoutTheDatabase) {
  server_->stop();
  bool told = false;
  proxy_->keep(
      io_.get_executor(), [](Store& store) { store.settings().put("lost", "1"); },
      [&told](const Status& status) { told = !status.ok(); });
  const auto begin = std::chrono::steady_clock::now();
  proxy_->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(9));
  EXPECT_TRUE(until([&] { return told; }, seconds(1)));
}

TEST_F(PostgresOutageTest, ACommitWhoseAnswerWasLostIsAskedFor) {
  const auto open = [&](const std::string& name) {
    Settings settings = settings_;
    settings.gateway = name;
    return PostgresStore::open(settings);
  };
  auto store = open("doubtful");
  store->begin();
  store->begin_job();
  store->settings().put("kept", "1");
  store->keep_job();
  // Its server process ends before the commit can come.
  server_->sql(settings_.url,
               "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
               "WHERE application_name = 'earshot doubtful'");
  EXPECT_THROW(store->commit(), StoreError);
  EXPECT_EQ(store->trouble(), Trouble::kAway);
  EXPECT_FALSE(store->was_committed());
  store->begin();
  store->settings().put("kept", "1");
  store->commit();
  EXPECT_EQ(store->settings().get("kept"), "1");
}

TEST_F(PostgresOutageTest, ANameIsOneGateways) {
  EXPECT_THROW(PostgresStore::open(settings_), StartupError);
}

}  // namespace
}  // namespace earshot::store::postgres
