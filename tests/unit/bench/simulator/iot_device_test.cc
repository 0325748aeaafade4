#include "bench/simulator/iot_device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace earshot::simulator {
namespace {

using testing::HasSubstr;

TEST(IotDevice, TellsItsThingsOneMessageEachAndThenTheirStates) {
  DeviceStatus status;
  const auto messages = IotDevice(status).introduction();
  ASSERT_EQ(messages.size(), 3U);
  EXPECT_THAT(json::serialize(messages[0]), HasSubstr(R"("name":"Speaker")"));
  EXPECT_THAT(
      json::serialize(messages[0]),
      HasSubstr(
          R"("methods":{"SetVolume":{"description":"set the volume, 0 to 100","parameters":{"volume":)"));
  EXPECT_EQ(json::serialize(messages[2]),
            R"({"type":"iot","update":true,"states":[{"name":"Speaker","state":{"volume":70}},)"
            R"({"name":"Screen","state":{"brightness":75,"theme":"light"}}]})");
}

TEST(IotDevice, ObeysACommand) {
  DeviceStatus status;
  IotDevice device(status);
  const auto call = device.run(
      {{"name", "Speaker"}, {"method", "SetVolume"}, {"parameters", json::object{{"volume", 40}}}});
  EXPECT_FALSE(call.failed) << call.result;
  EXPECT_EQ(call.name, "Speaker.SetVolume");
  EXPECT_EQ(status.volume, 40);
  device.run(
      {{"name", "Screen"}, {"method", "SetTheme"}, {"parameters", json::object{{"theme_name", "dark"}}}});
  EXPECT_EQ(status.theme, "dark");
}

TEST(IotDevice, FailsWithoutAMethodOrAValue) {
  DeviceStatus status;
  IotDevice device(status);
  EXPECT_TRUE(device.run({}).failed);
  EXPECT_TRUE(device.run({{"name", "Lamp"}, {"method", "TurnOn"}}).failed);
  EXPECT_TRUE(device.run({{"name", "Speaker"}, {"method", "SetVolume"}}).failed);
  EXPECT_EQ(status.volume, 70);
}

}  // namespace
}  // namespace earshot::simulator
