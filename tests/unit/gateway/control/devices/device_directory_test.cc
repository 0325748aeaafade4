#include "gateway/control/devices/device_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/fakes/inline_store.h"
#include "tests/fakes/manual_clock.h"
#include "tests/unit/gateway/store/sample_records.h"

namespace earshot::gateway {
namespace {

using store::device_id;
using store::sample_device;
using testing::ElementsAre;
using testing::IsEmpty;

auth::ClientId client(int device, const std::string& group = "GID_box.en") {
  return *auth::parse_client_id(group + "@@@" + device_id(device).underscored() +
                                "@@@11111111-2222-3333-4444-555555555555");
}

class DeviceDirectoryTest : public testing::Test {
 protected:
  // The client whose connection is to be ended; empty: none.
  std::string ended_by(const auth::ClientId& client, bool online) {
    const auto given_up = directory_.set_online(client, online);
    return given_up ? given_up->text : "";
  }
  DeviceDirectoryTest() {
    hub_.subscribe([this](const Event& event) { events_.push_back(event.kind); });
    directory_.observe([this](const DeviceEntry& entry) { observed_.push_back(entry.record.name); });
  }
  void add(int number, const std::string& name) {
    auto device = sample_device(number);
    device.name = name;
    directory_.put(std::move(device));
    settle();
    events_.clear();
    observed_.clear();
  }
  // What was written has been told to be.
  void settle() {
    io_.restart();
    io_.poll();
  }
  std::vector<int> found(const DeviceQuery& query) const {
    std::vector<int> numbers;
    for (const DeviceEntry* entry : directory_.search(query).items) {
      numbers.push_back(std::stoi(entry->record.id.text().substr(15), nullptr, 16));
    }
    return numbers;
  }
  std::uint64_t writes() const { return store_.stats().writes; }

  asio::io_context io_{1};
  fakes::ManualClock clock_;
  fakes::InlineStore store_;
  EventHub hub_{clock_};
  DeviceDirectory directory_{io_.get_executor(), store_, hub_, clock_};
  std::vector<std::string> events_;
  std::vector<std::string> observed_;
};

TEST_F(DeviceDirectoryTest, AChangeIsSeenAtOnceToldAndWrittenBehind) {
  EXPECT_TRUE(directory_.put(sample_device(1)));
  ASSERT_NE(directory_.find(device_id(1)), nullptr);
  EXPECT_THAT(events_, ElementsAre("device"));
  EXPECT_THAT(observed_, ElementsAre("text6"));
  ASSERT_EQ(store_.now().devices().all().size(), 1U);
  EXPECT_TRUE(directory_.put(sample_device(1)));
  EXPECT_EQ(writes(), 1U) << "nothing had changed";

  DeviceDirectory restarted(io_.get_executor(), store_, hub_, clock_);
  restarted.load(store_.now().devices().all());
  EXPECT_TRUE(restarted.find(device_id(1))->record == directory_.find(device_id(1))->record);
}

// Each begins anew before the other has ended.
TEST_F(DeviceDirectoryTest, TwoThatWereWrittenWhileTheyAreReadAreReadOnceMore) {
  for (const int number : {1, 2}) add(number, "here");
  io_.poll();
  for (const int number : {1, 2}) {
    auto device = sample_device(number);
    device.name = "changed here";
    directory_.put(std::move(device));  // and nobody has been told yet that it is written
  }
  for (const int number : {1, 2}) directory_.refresh(device_id(number));
  io_.restart();
  for (int turn = 0; turn < 100 && io_.poll_one() > 0; ++turn) {
  }
  EXPECT_EQ(store_.stats().reads, 4U);
  auto changed = *store_.now().devices().find(device_id(1));
  changed.name = "changed elsewhere";
  store_.now().devices().put(changed);
  directory_.refresh(device_id(1));
  io_.restart();
  io_.poll();
  EXPECT_EQ(directory_.find(device_id(1))->record.name, "changed elsewhere");
}

TEST_F(DeviceDirectoryTest, RemovedIsGoneEverywhere) {
  add(1, "one");
  EXPECT_TRUE(directory_.remove(device_id(1)));
  EXPECT_FALSE(directory_.remove(device_id(1)));
  EXPECT_EQ(directory_.find(device_id(1)), nullptr);
  EXPECT_THAT(found({}), IsEmpty());
  EXPECT_TRUE(store_.now().devices().all().empty());
}

TEST_F(DeviceDirectoryTest, BeingSeenIsCollectedAndWrittenOnce) {
  add(1, "one");
  add(2, "two");
  const auto before = writes();
  for (int i = 0; i < 1000; ++i) {
    clock_.advance(Milliseconds(10));
    directory_.seen(device_id(1 + i % 2), "10.0.0.1");
    auto device = directory_.find(device_id(1))->record;
    device.last_seen += Milliseconds(1);
    directory_.put(device);
  }
  EXPECT_EQ(writes(), before);
  EXPECT_THAT(events_, IsEmpty());
  directory_.flush();
  directory_.flush();
  EXPECT_EQ(writes(), before + 1);
  const auto kept = store_.now().devices().all();
  EXPECT_EQ(kept[1].last_peer, "10.0.0.1");
  EXPECT_TRUE(kept[0] == directory_.find(device_id(1))->record);
}

TEST_F(DeviceDirectoryTest, OnlineAndOfflineAreToldOnlyWhenTheyChange) {
  add(1, "one");
  directory_.set_online(client(1), true);
  directory_.set_online(client(1), true);
  EXPECT_EQ(directory_.online(), 1U);
  EXPECT_EQ(directory_.find(device_id(1))->presence.client_id, client(1).text);
  directory_.set_online(client(1), false);
  directory_.set_online(client(1), false);
  EXPECT_EQ(directory_.online(), 0U);
  EXPECT_EQ(directory_.find(device_id(1))->presence.client_id, "");
  EXPECT_THAT(events_, ElementsAre("online", "offline"));
}

TEST_F(DeviceDirectoryTest, AnOlderConnectionThatEndsLeavesALiveDeviceOnline) {
  add(1, "one");
  directory_.set_online(client(1, "GID_box.en"), true);
  directory_.set_online(client(1, "GID_box.en.r2"), true);
  directory_.set_online(client(1, "GID_box.en"), false);
  EXPECT_TRUE(directory_.find(device_id(1))->presence.online);
  EXPECT_EQ(directory_.find(device_id(1))->presence.client_id, client(1, "GID_box.en.r2").text);
  directory_.set_online(client(1, "GID_box.en.r2"), false);
  EXPECT_THAT(events_, ElementsAre("online", "offline"));
}

TEST_F(DeviceDirectoryTest, WhenTheNewerConnectionEndsTheOlderIsWhereItIsReached) {
  add(1, "one");
  directory_.set_online(client(1, "GID_old"), true);
  directory_.set_online(client(1, "GID_new"), true);
  directory_.set_online(client(1, "GID_new"), false);
  EXPECT_EQ(directory_.find(device_id(1))->presence.client_id, client(1, "GID_old").text);
  EXPECT_THAT(events_, ElementsAre("online"));
}

TEST_F(DeviceDirectoryTest, ADevicesOldestConnectionGivesWayToOneTooMany) {
  add(1, "one");
  EXPECT_EQ(ended_by(client(1, "GID_a"), true), "");
  EXPECT_EQ(ended_by(client(1, "GID_b"), true), "");
  EXPECT_EQ(ended_by(client(1, "GID_a"), true), "") << "it is the latest now";
  EXPECT_EQ(ended_by(client(1, "GID_c"), true), client(1, "GID_b").text);
  EXPECT_EQ(ended_by(client(1, "GID_b"), false), "");
  EXPECT_EQ(ended_by(client(1, "GID_d"), true), client(1, "GID_a").text);
  EXPECT_EQ(directory_.find(device_id(1))->presence.client_id, client(1, "GID_d").text);
}

TEST_F(DeviceDirectoryTest, ADeviceThatConnectedBeforeItWasKnownIsOnlineWhenItIs) {
  ended_by(client(1), true);
  EXPECT_EQ(directory_.online(), 0U);
  EXPECT_THAT(events_, IsEmpty());
  directory_.put(sample_device(1));
  EXPECT_EQ(directory_.online(), 1U);
  EXPECT_THAT(events_, ElementsAre("online", "device"));
  directory_.remove(device_id(1));
  EXPECT_EQ(directory_.online(), 0U);
  directory_.put(sample_device(1));
  EXPECT_EQ(directory_.online(), 1U);
}

TEST_F(DeviceDirectoryTest, StrangersAreBounded) {
  const int most = static_cast<int>(DeviceDirectory::kMaxStrangers);
  for (int i = 0; i < most; ++i) EXPECT_EQ(ended_by(client(i), true), "");
  EXPECT_EQ(ended_by(client(most), true), client(most).text);
  directory_.put(sample_device(most));
  EXPECT_FALSE(directory_.find(device_id(most))->presence.online) << "it was one too many";
  for (int i = 0; i < most; ++i) ended_by(client(i), false);
  ended_by(client(most + 1), true);
  directory_.put(sample_device(most + 1));
  EXPECT_TRUE(directory_.find(device_id(most + 1))->presence.online) << "the others had left";
}

TEST_F(DeviceDirectoryTest, WhoTheBrokerDoesNotTellOfAgainIsOffline) {
  for (int i = 1; i <= 3; ++i) {
    add(i, std::to_string(i));
    directory_.set_online(client(i), true);
  }
  events_.clear();
  directory_.expect_presence();
  directory_.set_online(client(2), true);
  directory_.forget_unexpected();
  EXPECT_THAT(events_, ElementsAre("offline", "offline"));
  EXPECT_EQ(directory_.online(), 1U);
  EXPECT_TRUE(directory_.find(device_id(2))->presence.online);
}

TEST_F(DeviceDirectoryTest, ASessionIsToldWhenItBeginsAndWhenItEnds) {
  add(1, "one");
  directory_.set_session(device_id(1), "s1", "w1");
  directory_.set_session(device_id(1), "s1", "w1");
  EXPECT_EQ(directory_.find(device_id(1))->presence.session, "s1");
  directory_.set_session(device_id(1), "", "");
  EXPECT_EQ(directory_.find(device_id(1))->presence.worker, "");
  EXPECT_THAT(events_, ElementsAre("session", "session"));
  directory_.set_session(device_id(9), "s2", "w1");
}

TEST_F(DeviceDirectoryTest, TextsAreCutAndCleaned) {
  auto device = sample_device(1);
  device.name = std::string(1000, 'x');
  device.board = "bad \xff bytes";
  device.firmware = "\xE4\xBD";
  device.tags.assign(100, "same");
  device.tags.emplace_back("");
  for (int i = 0; i < 50; ++i) device.tags.push_back("tag" + std::to_string(i));
  directory_.put(device);
  const auto& kept = directory_.find(device_id(1))->record;
  EXPECT_EQ(kept.name.size(), 128U);
  EXPECT_EQ(kept.board, "bad \xEF\xBF\xBD bytes");
  EXPECT_EQ(kept.tags.size(), 16U);
  EXPECT_EQ(kept.tags.front(), "same");
}

TEST_F(DeviceDirectoryTest, SearchLooksIntoEveryTextInAnyCase) {
  add(1, "Kitchen");
  add(2, "Bath \xE6\xB5\xB4");
  auto third = sample_device(3);
  third.name.clear();
  third.board = "bread-compact";
  third.firmware = "2.5.0";
  third.agent = "Butler";
  third.tags = {"ground-floor"};
  directory_.put(third);
  EXPECT_THAT(found({.text = "kITCH"}), ElementsAre(1));
  EXPECT_THAT(found({.text = "\xE6\xB5\xB4"}), ElementsAre(2));
  EXPECT_THAT(found({.text = "BREAD"}), ElementsAre(3));
  EXPECT_THAT(found({.text = "2.5.0"}), ElementsAre(3));
  EXPECT_THAT(found({.text = "butler"}), ElementsAre(3));
  EXPECT_THAT(found({.text = "Floor"}), ElementsAre(3));
  EXPECT_THAT(found({.text = "00:00:02"}), ElementsAre(2));
  EXPECT_THAT(found({.text = directory_.search({.text = "bread"}).items.at(0)->record.id.underscored()}),
              ElementsAre(3));
  EXPECT_THAT(found({.text = "nowhere"}), IsEmpty());
  EXPECT_THAT(found({}), ElementsAre(1, 2, 3));
}

TEST_F(DeviceDirectoryTest, SearchFiltersAndPages) {
  for (int i = 0; i < 10; ++i) {
    auto device = sample_device(i);
    device.owner = i < 5 ? "ann" : "bob";
    device.bound = i % 2 == 0;
    device.tags = {i == 7 ? "seven" : "other"};
    directory_.put(device);
  }
  directory_.set_online(client(3), true);
  EXPECT_THAT(found({.owner = "ann", .bound = true}), ElementsAre(0, 2, 4));
  EXPECT_THAT(found({.tag = "seven"}), ElementsAre(7));
  EXPECT_THAT(found({.online = true}), ElementsAre(3));
  EXPECT_EQ(directory_.search({.online = false}).total, 9U);
  EXPECT_THAT(directory_.with_tag("seven"), ElementsAre(device_id(7)));

  DeviceQuery query{.limit = 4};
  std::vector<int> all;
  do {
    const auto page = directory_.search(query);
    EXPECT_EQ(page.total, 10U);
    const auto numbers = found(query);
    all.insert(all.end(), numbers.begin(), numbers.end());
    query.after = page.next;
  } while (!query.after.empty());
  EXPECT_THAT(all, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
  EXPECT_THAT(found({.after = "no id at all"}), IsEmpty());
}

}  // namespace
}  // namespace earshot::gateway
