#include "gateway/control/commands/say_port.h"

#include <gtest/gtest.h>

namespace earshot::commands {
namespace {

using namespace std::chrono_literals;

TEST(LongestSpeechTest, CountsCharactersAndNotBytes) {
  EXPECT_EQ(longest_speech("abcd"), 1s);
  EXPECT_EQ(longest_speech("\xE4\xBD\xA0\xE5\xA5\xBD"), 500ms);
  EXPECT_EQ(longest_speech(""), 0s);
}

}  // namespace
}  // namespace earshot::commands
