// The directory of a gateway that is not the only one on its database.
#include <gtest/gtest.h>

#include "gateway/control/devices/device_directory.h"
#include "tests/fakes/inline_store.h"
#include "tests/fakes/manual_clock.h"
#include "tests/unit/gateway/store/sample_records.h"

namespace earshot::gateway {
namespace {

using store::device_id;
using store::sample_device;

class SharedDevicesTest : public testing::Test {
 protected:
  void run() {
    io_.restart();
    io_.run();
  }
  // As another gateway, which believes what is in the store.
  void elsewhere(const std::function<void(store::Device&)>& change) {
    auto record = *store_.now().devices().find(device_id(1));
    change(record);
    store_.now().devices().put(record);
  }
  store::Device stored() { return *store_.now().devices().find(device_id(1)); }

  asio::io_context io_{1};
  fakes::InlineStore store_;
  fakes::ManualClock clock_;
  EventHub hub_{clock_};
  DeviceDirectory directory_{io_.get_executor(), store_, hub_, clock_};
};

TEST_F(SharedDevicesTest, WhatWasApprovedElsewhereIsKnownWhenItIsToldAndNotUndoneBefore) {
  auto device = sample_device(1);
  device.bound = false;
  store_.now().devices().put(device);
  directory_.load(store_.now().devices().all());
  elsewhere([](store::Device& record) { record.bound = true; });
  directory_.seen(device_id(1), "192.0.2.1");  // nobody has told us yet
  directory_.flush();
  run();
  EXPECT_TRUE(stored().bound) << "writing when it was seen must not unbind it";
  EXPECT_EQ(stored().last_peer, "192.0.2.1");
  EXPECT_TRUE(directory_.find(device_id(1))->record.bound) << "what was written is what is true";
  elsewhere([](store::Device& record) { record.name = "Kitchen"; });
  directory_.refresh(device_id(1));
  run();
  EXPECT_EQ(directory_.find(device_id(1))->record.name, "Kitchen");
}

TEST_F(SharedDevicesTest, AChangeHereKeepsAChangeThere) {
  store_.now().devices().put(sample_device(1));
  directory_.load(store_.now().devices().all());
  elsewhere([](store::Device& record) { record.agent = "cook"; });
  std::optional<Status> told;
  directory_.change(
      device_id(1), DeviceDirectory::Absent::kRefuse,
      [](store::Device& record) -> Status {
        record.blocked = true;
        return kDone;
      },
      std::nullopt, [&](const Status& status) { told = status; });
  run();
  ASSERT_TRUE(told && told->ok());
  EXPECT_TRUE(stored().blocked);
  EXPECT_EQ(stored().agent, "cook");
  EXPECT_EQ(directory_.find(device_id(1))->record, stored());
}

TEST_F(SharedDevicesTest, EverythingReadAnewBringsTheNewAndTakesTheRemoved) {
  store_.now().devices().put(sample_device(1));
  store_.now().devices().put(sample_device(2));
  directory_.load(store_.now().devices().all());
  store_.now().devices().remove(device_id(2));
  store_.now().devices().put(sample_device(3));
  directory_.refresh_all();
  run();
  EXPECT_NE(directory_.find(device_id(1)), nullptr);
  EXPECT_EQ(directory_.find(device_id(2)), nullptr);
  EXPECT_NE(directory_.find(device_id(3)), nullptr);
}

TEST_F(SharedDevicesTest, WhatIsNotWrittenYetOutlivesARefresh) {
  store_.now().devices().put(sample_device(1));
  directory_.load(store_.now().devices().all());
  directory_.seen(device_id(1), "192.0.2.7");
  elsewhere([](store::Device& record) { record.name = "Hall"; });
  directory_.refresh_all();
  run();
  EXPECT_EQ(directory_.find(device_id(1))->record.last_peer, "192.0.2.7");
  EXPECT_EQ(directory_.find(device_id(1))->record.name, "Hall");
  directory_.flush();
  run();
  EXPECT_EQ(stored().last_peer, "192.0.2.7");
}

TEST_F(SharedDevicesTest, WhatWasRemovedElsewhereIsNotMadeAgain) {
  store_.now().devices().put(sample_device(1));
  directory_.load(store_.now().devices().all());
  store_.now().devices().remove(device_id(1));
  directory_.seen(device_id(1), "192.0.2.7");
  directory_.flush();
  run();
  EXPECT_FALSE(store_.now().devices().find(device_id(1)));
  EXPECT_EQ(directory_.find(device_id(1)), nullptr);
}

}  // namespace
}  // namespace earshot::gateway
