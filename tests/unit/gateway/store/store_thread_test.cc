#include "gateway/store/store_thread.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/store/sqlite/sqlite_store.h"

namespace earshot::store {
namespace {

// What the store of a test shall do wrong; set before the thread can look.
struct Faults {
  bool begin = false;
  bool commit = false;
  bool ends_transaction = false;  // as SQLite does when the disk is full
};

class FaultyStore final : public TransactionalStore {
 public:
  explicit FaultyStore(std::shared_ptr<Faults> faults) : faults_(std::move(faults)) {}
  DeviceRepository& devices() override { return store_->devices(); }
  UserRepository& users() override { return store_->users(); }
  TokenRepository& tokens() override { return store_->tokens(); }
  OperatorRepository& operators() override { return store_->operators(); }
  AgentRepository& agents() override { return store_->agents(); }
  FirmwareRepository& firmware() override { return store_->firmware(); }
  CommandRepository& commands() override { return store_->commands(); }
  ConversationRepository& conversations() override { return store_->conversations(); }
  AuditRepository& audit() override { return store_->audit(); }
  SettingRepository& settings() override {
    if (faults_->ends_transaction) store_->rollback();
    return store_->settings();
  }
  void begin() override {
    if (faults_->begin) throw StoreError(ErrorCode::kUnavailable, "locked");
    store_->begin();
  }
  void begin_job() override { store_->begin_job(); }
  void keep_job() override { store_->keep_job(); }
  void undo_job() override { store_->undo_job(); }
  void commit() override {
    if (faults_->commit) throw StoreError(ErrorCode::kUnavailable, "disk full");
    store_->commit();
  }
  void rollback() noexcept override { store_->rollback(); }
  bool in_transaction() const override { return store_->in_transaction(); }

 private:
  std::unique_ptr<sqlite::SqliteStore> store_ = sqlite::SqliteStore::in_memory();
  std::shared_ptr<Faults> faults_;
};

class StoreThreadTest : public testing::Test {
 protected:
  // Holds the thread in a job of its own until release(): what is posted meanwhile is one batch.
  void hold() {
    std::promise<void> running;
    thread_.post({.run =
                      [&running, released = released_.get_future().share()](Store&) {
                        running.set_value();
                        released.wait();
                      },
                  .finish = [](const Error*) {}});
    running.get_future().wait();
  }
  void release() { released_.set_value(); }
  void post(std::function<void(Store&)> run) {
    const std::size_t number = outcomes_.size();
    outcomes_.emplace_back();
    thread_.post({.run = std::move(run), .finish = [this, number](const Error* error) {
                    outcomes_[number] = error == nullptr ? "written" : error->message;
                  }});
  }
  static std::function<void(Store&)> put(std::string key) {
    return [key = std::move(key)](Store& store) { store.settings().put(key, "1"); };
  }

  std::shared_ptr<Faults> faults_ = std::make_shared<Faults>();
  std::promise<void> released_;
  std::vector<std::string> outcomes_ = [] {
    std::vector<std::string> reserved;
    reserved.reserve(100);  // written by the thread while the test adds to it
    return reserved;
  }();
  StoreThread thread_{std::make_unique<FaultyStore>(faults_),
                      {.name = "test", .max_queued = 8, .max_in_commit = 4}};
};

TEST_F(StoreThreadTest, JobsThatWaitTogetherShareCommitsUpToTheMost) {
  hold();
  for (int i = 0; i < 7; ++i) post(put(std::to_string(i)));
  release();
  thread_.stop();
  EXPECT_THAT(outcomes_, testing::Each("written"));
  EXPECT_EQ(thread_.done(), 8U);
  EXPECT_EQ(thread_.commits(), 3U) << "the one that held it, four, three";
}

TEST_F(StoreThreadTest, AJobThatFailsIsUndoneAlone) {
  hold();
  post(put("before"));
  post([](Store& store) {
    store.settings().put("half", "1");
    throw StoreError(ErrorCode::kInvalid, "no");
  });
  post([](Store& store) {
    store.settings().put("half", "1");
    throw std::runtime_error("a bug");
  });
  std::vector<bool> there;
  post([&](Store& store) {
    for (const char* key : {"before", "half"}) there.push_back(store.settings().get(key).has_value());
  });
  release();
  thread_.stop();
  EXPECT_THAT(outcomes_, testing::ElementsAre("written", "no", "a bug", "written"));
  EXPECT_THAT(there, testing::ElementsAre(true, false));
  EXPECT_EQ(thread_.failed(), 2U);
}

TEST_F(StoreThreadTest, ACommitThatFailsFailsAllItsJobsAndNoOther) {
  hold();
  post(put("lost"));
  post([this](Store&) { faults_->commit = true; });
  release();
  bool lost_is_there = true;
  std::promise<void> seen;
  // In a batch of its own: the first one has four places, two of which stay empty until it runs.
  std::promise<void> first_over;
  thread_.post({.run = [](Store&) {}, .finish = [&](const Error*) { first_over.set_value(); }});
  first_over.get_future().wait();
  thread_.post({.run =
                    [&](Store& store) {
                      faults_->commit = false;
                      lost_is_there = store.settings().get("lost").has_value();
                    },
                .finish = [&](const Error*) { seen.set_value(); }});
  seen.get_future().wait();
  thread_.stop();
  EXPECT_THAT(outcomes_, testing::Each("disk full"));
  EXPECT_FALSE(lost_is_there);
}

TEST_F(StoreThreadTest, ATransactionThatTheDatabaseEndedFailsWhatWasInItAndGoesOn) {
  hold();
  post([](Store& store) {
    store.devices().put({.id = *DeviceId::parse("02:00:00:00:00:01"),
                         .client_uuid = {},
                         .board = {},
                         .firmware = {},
                         .language = {},
                         .serial = {},
                         .name = {},
                         .tags = {},
                         .agent = {},
                         .owner = {},
                         .last_peer = {}});
  });
  post([this](Store& store) {
    faults_->ends_transaction = true;
    store.settings();
    faults_->ends_transaction = false;
    throw StoreError(ErrorCode::kUnavailable, "disk full");
  });
  std::size_t devices = 99;
  post([&](Store& store) { devices = store.devices().all().size(); });
  release();
  thread_.stop();
  EXPECT_THAT(outcomes_, testing::ElementsAre("disk full", "disk full", "written"));
  EXPECT_EQ(devices, 0U);
}

TEST_F(StoreThreadTest, WhenNoTransactionCanBeginTheWholeBatchIsTold) {
  hold();
  faults_->begin = true;
  for (int i = 0; i < 3; ++i) post(put("x"));
  release();
  thread_.stop();
  EXPECT_THAT(outcomes_, testing::Each("locked"));
}

TEST_F(StoreThreadTest, BeyondItsMostAJobIsRefusedAtOnce) {
  hold();
  for (int i = 0; i < 9; ++i) post(put("x"));
  EXPECT_THAT(outcomes_[8], testing::HasSubstr("too much to do"));
  EXPECT_EQ(thread_.refused(), 1U);
  release();
  thread_.stop();
  EXPECT_EQ(thread_.done(), 9U);
}

TEST_F(StoreThreadTest, StopWritesWhatIsQueuedAndRefusesWhatComesAfter) {
  hold();
  for (int i = 0; i < 8; ++i) post(put("x"));
  release();
  thread_.stop();
  EXPECT_THAT(outcomes_, testing::Each("written"));
  post(put("late"));
  EXPECT_THAT(outcomes_.back(), testing::HasSubstr("stopping"));
}

}  // namespace
}  // namespace earshot::store
