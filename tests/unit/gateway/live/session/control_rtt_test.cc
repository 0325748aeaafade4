#include "gateway/live/session/control_rtt.h"

#include <gtest/gtest.h>

namespace earshot::gateway {
namespace {

using namespace std::chrono_literals;

TEST(ControlRttTest, GuardsByADefaultBeforeTheFirstSample) {
  EXPECT_EQ(ControlRtt().start_guard(), 140ms);
}

TEST(ControlRttTest, AddsAMarginWithinItsLimits) {
  struct Case {
    Microseconds sample;
    Milliseconds guard;
  };
  for (const auto& c : {Case{0us, 60ms}, Case{15ms, 60ms}, Case{100ms, 140ms}, Case{250'500us, 291ms},
                        Case{560ms, 600ms}, Case{1900ms, 600ms}}) {
    ControlRtt rtt;
    rtt.add_sample(c.sample);
    EXPECT_EQ(rtt.start_guard(), c.guard) << c.sample.count();
  }
}

TEST(ControlRttTest, RisesAtOnceAndFallsSlowly) {
  ControlRtt rtt;
  rtt.add_sample(20ms);
  rtt.add_sample(420ms);
  EXPECT_EQ(rtt.start_guard(), 460ms);
  rtt.add_sample(20ms);
  EXPECT_EQ(rtt.start_guard(), 360ms);
  for (int i = 0; i < 20; ++i) rtt.add_sample(20ms);
  EXPECT_LE(rtt.start_guard(), 65ms);
}

TEST(ControlRttTest, IgnoresADeviceThatWasBusy) {
  ControlRtt rtt;
  rtt.add_sample(50ms);
  rtt.add_sample(30s);
  rtt.add_sample(-1ms);
  EXPECT_EQ(rtt.start_guard(), 90ms);
}

}  // namespace
}  // namespace earshot::gateway
