#include "common/base/ssrc_map.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>

namespace earshot {
namespace {

TEST(SsrcMap, AgreesWithAnOrderedMapOverManyRandomChanges) {
  std::mt19937 random(3);
  SsrcMap<std::unique_ptr<int>> map;
  std::map<std::uint32_t, int> model;
  for (int i = 0; i < 100'000; ++i) {
    // Few homes and many of them near the end of the array, so that probes run long and around.
    const std::uint32_t ssrc = (random() % 64) << 16 | (0xFFF0 + random() % 24) % 0x10000;
    if (ssrc == 0) continue;
    if (random() % 2 == 0) {
      EXPECT_EQ(map.erase(Ssrc{ssrc}), model.erase(ssrc) == 1);
    } else if (model.emplace(ssrc, i).second) {
      map.emplace(Ssrc{ssrc}, std::make_unique<int>(i));
    }
    if (i % 100 != 0) continue;
    ASSERT_EQ(map.size(), model.size());
    std::size_t visited = 0;
    map.for_each([&](Ssrc at, std::unique_ptr<int>& value) {
      ++visited;
      ASSERT_EQ(model.at(number(at)), *value);
    });
    ASSERT_EQ(visited, model.size());
    for (const auto& [at, value] : model) {
      const auto* const found = map.find(Ssrc{at});
      ASSERT_NE(found, nullptr) << at;
      ASSERT_EQ(**found, value);
    }
  }
}

TEST(SsrcMap, HoldsNoZero) {
  SsrcMap<int> map;
  EXPECT_EQ(map.find(Ssrc{0}), nullptr);
  map.emplace(Ssrc{16}, 1);  // the home of zero
  EXPECT_EQ(map.find(Ssrc{0}), nullptr);
  EXPECT_FALSE(map.erase(Ssrc{0}));
}

}  // namespace
}  // namespace earshot
