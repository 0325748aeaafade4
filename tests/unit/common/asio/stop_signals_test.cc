#include "common/asio/stop_signals.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace earshot {
namespace {

class StopSignalsDeathTest : public ::testing::Test {
 protected:
  void TearDown() override { std::signal(SIGHUP, SIG_DFL); }
  asio::io_context io_{1};
};

class StopSignalsTest : public StopSignalsDeathTest, public ::testing::WithParamInterface<int> {};

TEST_P(StopSignalsTest, TheFirstIsHandedOn) {
  StopSignals signals(io_);
  int heard = 0;
  signals.on_first([&](int signal) { heard = signal; });
  std::raise(GetParam());
  io_.run();
  EXPECT_EQ(heard, GetParam());
}

TEST_P(StopSignalsTest, OneThatCameBeforeAnybodyAskedIsNotLost) {
  StopSignals signals(io_);
  std::raise(GetParam());
  int heard = 0;
  signals.on_first([&](int signal) { heard = signal; });
  io_.run();
  EXPECT_EQ(heard, GetParam());
}

INSTANTIATE_TEST_SUITE_P(Signals, StopSignalsTest, ::testing::Values(SIGTERM, SIGINT, SIGHUP));

TEST_F(StopSignalsDeathTest, TheSecondEndsTheProcessThoughTheStopBlocks) {
  const auto stop_that_blocks = [this] {
    StopSignals signals(io_);
    signals.on_first([](int) {
      std::raise(SIGTERM);
      std::_Exit(1);
    });
    std::raise(SIGHUP);
    io_.run();
  };
  EXPECT_EXIT(stop_that_blocks(), ::testing::KilledBySignal(SIGTERM), "");
}

TEST_F(StopSignalsDeathTest, ATerminalsEndIsHeardOnce) {
  const auto hangs_up_twice = [this] {
    StopSignals signals(io_);
    signals.on_first([](int) {
      std::raise(SIGHUP);
      std::_Exit(7);
    });
    std::raise(SIGHUP);
    io_.run();
  };
  EXPECT_EXIT(hangs_up_twice(), ::testing::ExitedWithCode(7), "");
}

TEST_F(StopSignalsDeathTest, NohupStaysInForce) {
  const auto under_nohup = [this] {
    std::signal(SIGHUP, SIG_IGN);
    StopSignals signals(io_);
    bool heard = false;
    signals.on_first([&](int) { heard = true; });
    std::raise(SIGHUP);
    io_.poll();
    std::_Exit(heard ? 1 : 0);
  };
  EXPECT_EXIT(under_nohup(), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace earshot
