#include "worker/link/agent_set_reader.h"

#include <gtest/gtest.h>

#include <string>

namespace earshot::worker {
namespace {

ipc::AgentSet part(std::uint64_t revision, const std::string& name, bool last, std::size_t bytes = 10) {
  ipc::AgentSet set;
  set.set_revision(revision);
  set.set_last(last);
  set.add_agents()->set_name(name);
  set.mutable_agents(0)->set_config(std::string(bytes, 'x'));
  return set;
}

TEST(AgentSetReader, PutsThePartsTogetherInTheirOrder) {
  AgentSetReader reader;
  EXPECT_FALSE(reader.add(part(3, "a", false)));
  EXPECT_FALSE(reader.add(part(3, "b", false)));
  const auto set = reader.add(part(3, "c", true));
  ASSERT_TRUE(set);
  EXPECT_EQ(set->revision(), 3U);
  ASSERT_EQ(set->agents_size(), 3);
  EXPECT_EQ(set->agents(2).name(), "c");
}

TEST(AgentSetReader, BeginsAnewWithEachSet) {
  AgentSetReader reader;
  reader.add(part(1, "old", true));
  const auto set = reader.add(part(2, "new", true));
  ASSERT_TRUE(set);
  ASSERT_EQ(set->agents_size(), 1);
}

TEST(AgentSetReader, ForgetsASetThatANewOneCutsShort) {
  AgentSetReader reader;
  EXPECT_FALSE(reader.add(part(1, "old", false)));
  const auto set = reader.add(part(2, "new", true));
  ASSERT_TRUE(set);
  ASSERT_EQ(set->agents_size(), 1);
  EXPECT_EQ(set->agents(0).name(), "new");
}

TEST(AgentSetReader, TakesNoSetBeyondItsBounds) {
  AgentSetReader reader;
  for (int i = 0; i < 11; ++i) EXPECT_FALSE(reader.add(part(1, "a", false, 100 * 1024)));
  const auto set = reader.add(part(1, "z", true));
  ASSERT_TRUE(set);
  EXPECT_TRUE(reader.too_large());
  EXPECT_EQ(set->agents_size(), 0);
  EXPECT_EQ(set->revision(), 1U);
  EXPECT_TRUE(reader.add(part(2, "a", true)));
  EXPECT_FALSE(reader.too_large());
}

}  // namespace
}  // namespace earshot::worker
