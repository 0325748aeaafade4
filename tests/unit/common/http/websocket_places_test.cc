#include "common/http/websocket_places.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

namespace earshot::http {
namespace {

TEST(WebSocketPlacesTest, AreGivenBackByTheirOwners) {
  WebSocketPlaces places(3, 2);
  auto a1 = places.take("a");
  auto a2 = places.take("a");
  ASSERT_TRUE(a1 && a2);
  EXPECT_FALSE(places.take("a"));
  auto b = places.take("b");
  EXPECT_TRUE(b);
  EXPECT_FALSE(places.take("c"));
  EXPECT_FALSE(places.take(""));
  const auto moved = std::move(a1);
  EXPECT_EQ(places.taken(), 3U);
  a2.reset();
  EXPECT_EQ(places.taken(), 2U);
  EXPECT_TRUE(places.take("a"));
}

TEST(WebSocketPlacesTest, OfPeersThatLeftNothingIsRemembered) {
  WebSocketPlaces places(1000, 10);
  for (int i = 0; i < 10'000; ++i) places.take(std::to_string(i));
  EXPECT_LT(places.peers_known(), 100U);
}

TEST(WebSocketPlacesTest, OutliveTheirServer) {
  auto place = [] {
    WebSocketPlaces places(1, 1);
    return places.take("a");
  }();
  EXPECT_TRUE(place);
  place.reset();
}

}  // namespace
}  // namespace earshot::http
