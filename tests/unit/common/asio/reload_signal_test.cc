#include "common/asio/reload_signal.h"

#include <gtest/gtest.h>

#include "common/asio/stop_signals.h"

namespace earshot {
namespace {

class ReloadSignalTest : public ::testing::Test {
 protected:
  void TearDown() override { std::signal(SIGHUP, SIG_DFL); }
  asio::io_context io_{1};
};

TEST_F(ReloadSignalTest, EachIsHeard) {
  ReloadSignal signal(io_);
  int heard = 0;
  signal.on_each([&] { ++heard; });
  for (int wanted = 1; wanted <= 3; ++wanted) {
    std::raise(SIGHUP);
    while (heard < wanted) io_.run_one();
  }
  EXPECT_EQ(heard, 3);
}

TEST_F(ReloadSignalTest, OneThatComesBeforeAnybodyListensIsHeardThen) {
  ReloadSignal signal(io_);
  std::raise(SIGHUP);
  int heard = 0;
  signal.on_each([&] { ++heard; });
  while (heard == 0 && io_.run_one_for(std::chrono::seconds(5)) > 0) {
  }
  EXPECT_EQ(heard, 1);
}

TEST_F(ReloadSignalTest, AfterItsEndASigHupHasNoEffect) {
  ReloadSignal signal(io_);
  int heard = 0;
  signal.on_each([&] { ++heard; });
  signal.close();
  std::raise(SIGHUP);
  io_.run();
  EXPECT_EQ(heard, 0);
}

TEST_F(ReloadSignalTest, StopSignalsLeaveItAloneWhereThereIsNoTerminal) {
  StopSignals stop(io_, false);
  bool stopped = false;
  stop.on_first([&](int) { stopped = true; });
  ReloadSignal signal(io_);
  bool reloaded = false;
  signal.on_each([&] { reloaded = true; });
  std::raise(SIGHUP);
  while (!reloaded) io_.run_one();
  EXPECT_FALSE(stopped);
}

}  // namespace
}  // namespace earshot
