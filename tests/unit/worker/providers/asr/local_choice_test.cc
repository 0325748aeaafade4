#include "worker/providers/asr/local_choice.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

TEST(LocalChoice, Placeholder) {
  EXPECT_EQ(choose({.text = "volume up", .confidence = kSureCommand - 5}, "Vol. 100.").text, "volume up");
}

}  // namespace
}  // namespace earshot::worker
