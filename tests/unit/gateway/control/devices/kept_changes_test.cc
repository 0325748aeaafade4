// What was answered is there after a restart, and what was refused is not: over a real file whose write lock
// another connection holds for longer than a job waits.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "gateway/control/devices/bootstrap.h"
#include "gateway/store/open_store.h"
#include "gateway/store/sqlite/database.h"
#include "tests/fakes/manual_clock.h"

namespace earshot::gateway {
namespace {

using Absent = DeviceDirectory::Absent;
using store::sqlite::Database;

const DeviceId kLamp = *DeviceId::parse("02:00:00:00:00:01");
const DeviceId kRadio = *DeviceId::parse("02:00:00:00:00:02");

class KeptChangesTest : public testing::Test {
 protected:
  KeptChangesTest() {
    std::filesystem::create_directories(folder_);
    start();
  }
  ~KeptChangesTest() override {
    store_->stop();
    std::filesystem::remove_all(folder_);
  }
  void start() {
    store_ = store::open_store(file_, Milliseconds(20));
    directory_.emplace(io_.get_executor(), *store_, hub_, clock_);
    directory_->load(store_->read_at_start([](store::Store& opened) { return opened.devices().all(); }));
    bootstrap_.emplace(AdmissionMode::kAllowList, Bootstrap::Parts{.directory = *directory_,
                                                                   .store = *store_,
                                                                   .hub = hub_,
                                                                   .clock = clock_,
                                                                   .executor = io_.get_executor(),
                                                                   .secrets = box_});
  }
  // As the gateway does it.
  void restart() {
    directory_->flush();
    store_->stop();
    run();
    start();
  }
  // Until nothing is under way; a job that waits for an answer is work of io_.
  void run() {
    io_.restart();
    io_.run();
  }
  static store::AuditEntry entry(const std::string& action) {
    store::AuditEntry made;
    made.action = action;
    return made;
  }
  template <class Order>
  Status order(Order&& give) {
    std::optional<Status> told;
    give([&](const Status& status) { told = status; });
    run();
    EXPECT_TRUE(told.has_value());
    return told.value_or(Error{});
  }
  Status allow(const DeviceId& device) {
    return order([&](const Bootstrap::Finished& done) {
      bootstrap_->allow(device, "", "", entry("allow " + device.text()), done);
    });
  }
  Status block(const DeviceId& device) {
    return order([&](const Bootstrap::Finished& done) {
      directory_->change(
          device, Absent::kRefuse,
          [](store::Device& record) -> Status {
            record.blocked = true;
            return kDone;
          },
          entry("block " + device.text()), done);
    });
  }
  Status remove(const DeviceId& device) {
    return order([&](const Bootstrap::Finished& done) {
      directory_->remove(device, entry("remove " + device.text()), done);
    });
  }
  std::vector<std::string> audit() {
    std::vector<std::string> actions;
    for (const auto& each :
         store_->read_at_start([](store::Store& opened) { return opened.audit().list({}).items; })) {
      actions.push_back(each.action);
    }
    return actions;
  }
  Database lock() {
    Database other = Database::open(file_, Database::Access::kReadWrite);
    other.script("BEGIN IMMEDIATE");
    return other;
  }

  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("earshot_kept_" + std::to_string(::getpid()));
  std::filesystem::path file_ = folder_ / "earshot.db";
  asio::io_context io_{1};
  fakes::ManualClock clock_;
  EventHub hub_{clock_};
  store::SecretBox box_{Secret(std::string(32, 'k'))};
  std::unique_ptr<store::StoreProxy> store_;
  std::optional<DeviceDirectory> directory_;
  std::optional<Bootstrap> bootstrap_;
};

TEST_F(KeptChangesTest, WhatTheStoreRefusesIsToldAndHasNeverBeen) {
  ASSERT_TRUE(allow(kLamp).ok());
  {
    const Database other = lock();
    for (const Status& refused : {block(kLamp), allow(kRadio), remove(kLamp)}) {
      ASSERT_FALSE(refused.ok());
      EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
      EXPECT_TRUE(refused.error().message.starts_with("the disk refused")) << refused.error().message;
    }
    EXPECT_FALSE(directory_->find(kLamp)->record.blocked);
    EXPECT_EQ(directory_->find(kRadio), nullptr);
  }
  restart();
  EXPECT_FALSE(directory_->find(kLamp)->record.blocked);
  EXPECT_EQ(directory_->find(kRadio), nullptr);
  EXPECT_EQ(audit(), std::vector<std::string>{"allow 02:00:00:00:00:01"});
}

TEST_F(KeptChangesTest, WhatWasAnsweredIsThereWithItsAuditEntry) {
  ASSERT_TRUE(allow(kLamp).ok());
  ASSERT_TRUE(allow(kRadio).ok());
  ASSERT_TRUE(block(kLamp).ok());
  ASSERT_TRUE(remove(kRadio).ok());
  restart();
  EXPECT_TRUE(directory_->find(kLamp)->record.blocked);
  EXPECT_EQ(directory_->find(kRadio), nullptr);
  EXPECT_EQ(audit().size(), 4U);
}

TEST_F(KeptChangesTest, WhatIsWrittenBehindIsWrittenAgainUntilItIsKept) {
  ASSERT_TRUE(allow(kLamp).ok());
  ASSERT_TRUE(allow(kRadio).ok());
  {
    const Database other = lock();
    store::Device told = directory_->find(kLamp)->record;
    told.firmware = "2.5.0";
    directory_->put(told);
    directory_->remove(kRadio);
    run();
    EXPECT_EQ(directory_->unwritten(), 2U);
    directory_->flush();
    run();
    EXPECT_EQ(directory_->unwritten(), 2U);
  }
  directory_->flush();
  run();
  EXPECT_EQ(directory_->unwritten(), 0U);
  restart();
  EXPECT_EQ(directory_->find(kLamp)->record.firmware, "2.5.0");
  EXPECT_EQ(directory_->find(kRadio), nullptr);
}

TEST_F(KeptChangesTest, ChangesOfOneDeviceTakeTurnsAndKeepWhatItTellsMeanwhile) {
  ASSERT_TRUE(allow(kLamp).ok());
  int done = 0;
  const auto change = [&](auto edit) {
    directory_->change(
        kLamp, Absent::kRefuse,
        [edit](store::Device& record) -> Status {
          edit(record);
          return kDone;
        },
        std::nullopt, [&](const Status& kept) { done += int{kept.ok()}; });
  };
  change([](store::Device& record) { record.blocked = true; });
  change([](store::Device& record) { record.name = "lamp"; });
  store::Device told = directory_->find(kLamp)->record;
  told.firmware = "2.5.0";
  directory_->put(told);
  EXPECT_FALSE(directory_->find(kLamp)->record.blocked) << "before it is kept";
  run();
  EXPECT_EQ(done, 2);
  restart();
  const store::Device& kept = directory_->find(kLamp)->record;
  EXPECT_TRUE(kept.blocked);
  EXPECT_EQ(kept.name, "lamp");
  EXPECT_EQ(kept.firmware, "2.5.0");
}

}  // namespace
}  // namespace earshot::gateway
