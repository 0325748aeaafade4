// The proxy over a real file with both threads.
#include "gateway/store/open_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/gateway/store/sample_records.h"

namespace earshot::store {
namespace {

class OpenStoreTest : public testing::Test {
 protected:
  ~OpenStoreTest() override {
    proxy_.reset();
    std::filesystem::remove_all(folder_);
  }
  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("earshot_open_store_" + std::to_string(::getpid()));
  asio::io_context io_;
  std::unique_ptr<StoreProxy> proxy_ = open_store(folder_ / "earshot.db");
};

TEST_F(OpenStoreTest, AReadSeesEveryWriteWhoseResultWasGiven) {
  int rounds = 0;
  std::function<void()> round = [&] {
    const std::string value = std::to_string(rounds);
    proxy_->write(
        io_.get_executor(), [value](Store& store) { store.settings().put("key", value); },
        [&, value](const Status& done) {
          ASSERT_TRUE(done);
          proxy_->read(
              io_.get_executor(), [](Store& store) { return store.settings().get("key"); },
              [&, value](const Result<std::optional<std::string>>& read) {
                ASSERT_TRUE(read);
                EXPECT_EQ(**read, value);
                if (++rounds < 200) round();
              });
        });
  };
  round();
  io_.run();
  EXPECT_EQ(rounds, 200);
  EXPECT_EQ(proxy_->stats().writes, 200U);
  EXPECT_EQ(proxy_->stats().reads, 200U);
}

TEST_F(OpenStoreTest, JobsOfManyThreadsAreAllDoneInTheOrderOfEach) {
  constexpr int kThreads = 4;
  constexpr int kJobs = 500;
  std::atomic<int> written{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      asio::io_context mine;
      int expected = 0;
      for (int i = 0; i < kJobs; ++i) {
        proxy_->write(
            mine.get_executor(),
            [t, i](Store& store) {
              const std::string key = std::to_string(t);
              const auto last = store.settings().get(key);
              if (last.value_or("-1") != std::to_string(i - 1)) throw StoreError("out of order");
              store.settings().put(key, std::to_string(i));
            },
            [&, i](const Status& done) {
              EXPECT_TRUE(done);
              EXPECT_EQ(expected++, i);
              ++written;
            });
        proxy_->read(
            mine.get_executor(), [](Store& store) { return store.devices().all().size(); },
            [](const Result<std::size_t>& read) { EXPECT_TRUE(read); });
      }
      mine.run();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(written, kThreads * kJobs);
  EXPECT_LT(proxy_->stats().commits, static_cast<std::uint64_t>(kThreads * kJobs)) << "commits are shared";
}

TEST_F(OpenStoreTest, WhatAJobThrowsBecomesTheErrorOfItsResult) {
  std::vector<ErrorCode> errors;
  const auto keep = [&](const auto& result) {
    ASSERT_FALSE(result);
    errors.push_back(result.error().code);
  };
  proxy_->write(
      io_.get_executor(), [](Store&) { throw StoreError(ErrorCode::kNotFound, "no such thing"); }, keep);
  proxy_->read(
      io_.get_executor(), [](Store& store) { return store.audit().list({.before = "'; --"}); }, keep);
  io_.run();
  EXPECT_THAT(errors, testing::UnorderedElementsAre(ErrorCode::kNotFound, ErrorCode::kInvalid));
}

TEST_F(OpenStoreTest, TheReaderCannotWrite) {
  bool told = false;
  proxy_->read(
      io_.get_executor(), [](Store& store) { store.settings().put("key", "1"); },
      [&](const Status& done) {
        told = true;
        EXPECT_FALSE(done);
      });
  io_.run();
  EXPECT_TRUE(told);
}

TEST_F(OpenStoreTest, StopWritesWhatWasGivenAndRefusesTheRest) {
  for (int i = 0; i < 1000; ++i) {
    proxy_->write([i](Store& store) { store.settings().put(std::to_string(i), "1"); });
  }
  proxy_->stop();
  bool refused = false;
  proxy_->write(
      io_.get_executor(), [](Store&) {},
      [&](const Status& done) { refused = !done && done.error().code == ErrorCode::kUnavailable; });
  io_.run();
  EXPECT_TRUE(refused);
  proxy_ = open_store(folder_ / "earshot.db");
  EXPECT_TRUE(proxy_->read_at_start([](Store& store) { return store.settings().get("999"); }));
}

TEST_F(OpenStoreTest, AHandlerIsDestroyedWhereItIsCalled) {
  const auto here = std::this_thread::get_id();
  std::thread::id destroyed_on;
  {
    std::shared_ptr<int> witness(new int, [&](const int* value) {
      destroyed_on = std::this_thread::get_id();
      delete value;
    });
    proxy_->write(
        io_.get_executor(), [](Store&) {}, [held = std::move(witness)](const Status&) {});
  }
  io_.run();
  EXPECT_EQ(destroyed_on, here);
}

TEST_F(OpenStoreTest, AtTheStartOneMayWait) {
  proxy_->write_at_start([](Store& store) { store.devices().put(sample_device(1)); });
  EXPECT_EQ(proxy_->read_at_start([](Store& store) { return store.devices().all().size(); }), 1U);
  EXPECT_THROW(proxy_->read_at_start([](Store&) { throw StoreError("broken"); }), StartupError);
}

}  // namespace
}  // namespace earshot::store
