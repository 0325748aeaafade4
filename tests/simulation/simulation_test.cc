// Whole conversations in simulated time, as many as EARSHOT_SIMULATIONS says (a few hundred otherwise), from the seed
// that EARSHOT_SIMULATION_SEED says (else 1). A failure names its seed and prints its event log.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "tests/simulation/world.h"

namespace earshot::simulation {
namespace {

std::uint64_t number_from(const char* variable, std::uint64_t usual) {
  const char* text = std::getenv(variable);
  return text == nullptr ? usual : std::strtoull(text, nullptr, 10);
}

TEST(Simulation, WhateverHappensAConversationHoldsItsPromises) {
  const std::uint64_t first = number_from("EARSHOT_SIMULATION_SEED", 1);
  const std::uint64_t count = number_from("EARSHOT_SIMULATIONS", 200);
  int answers = 0;
  int failures = 0;
  for (std::uint64_t seed = first; seed < first + count && failures < 5; ++seed) {
    World world(plan_of(seed));
    const auto broken = world.run();
    answers += world.answered();
    if (broken.empty()) continue;
    ++failures;
    std::string told;
    for (const auto& line : broken) told += "  " + line + "\n";
    std::string log;
    for (const auto& line : world.log()) log += line + "\n";
    ADD_FAILURE() << "EARSHOT_SIMULATION_SEED=" << seed << " EARSHOT_SIMULATIONS=1\n" << told << log;
  }
  std::cout << count << " conversations, " << answers << " answers\n";
  EXPECT_GT(answers, static_cast<int>(count)) << "or nothing was tried";
}

TEST(Simulation, TheSameSeedIsTheSameConversation) {
  World one(plan_of(11));
  World other(plan_of(11));
  one.run();
  other.run();
  EXPECT_EQ(one.log().size(), other.log().size());
}

}  // namespace
}  // namespace earshot::simulation
