// What is kept of a conversation with the real programs, and what is not when texts shall not be kept.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/e2e/ctl_run.h"
#include "tests/e2e/sim_run.h"

namespace earshot::e2e {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kKeptMac = "02:00:00:00:0e:01";
constexpr const char* kQuestion = "what time is it";

class ConversationsTest : public testing::Test {
 protected:
  explicit ConversationsTest(std::vector<std::string> settings = {})
      : system_(System::Options{.workers = 1, .gateway_settings = std::move(settings)}) {}

  // One question; then the conversation as it is kept, once it has ended. Empty: it never came.
  json::object kept() {
    heard_ = talk(system_, {"--mac", kKeptMac, "--text", kQuestion});
    EXPECT_EQ(heard_.exit_code, 0) << heard_.told;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (std::chrono::steady_clock::now() < deadline) {
      const json::value all = ctl_json(system_, {"conversations", "list", "--device", kKeptMac});
      if (all.is_array() && !all.as_array().empty()) {
        const std::string session(all.at(0).at("session").as_string());
        json::value one = ctl_json(system_, {"conversations", "show", session});
        const bool whole = !one.at("end_reason").as_string().empty() && !one.at("turns").as_array().empty();
        if (whole) return std::move(one.as_object());
      }
      // Polls another process: there is no event to wait for.
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return {};
  }

  std::string database() const {
    const std::string path = system_.data() + "/data/earshot.db";
    return read_file(path) + read_file(path + "-wal");
  }

  System system_;
  SimResult heard_;
};

TEST_F(ConversationsTest, ATurnIsKeptAsItWasSaidAndHeard) {
  const json::object conversation = kept();
  ASSERT_FALSE(conversation.empty()) << system_.log();
  EXPECT_EQ(conversation.at("device"), kKeptMac);
  ASSERT_EQ(conversation.at("turns").as_array().size(), 1U);
  const json::object& turn = conversation.at("turns").at(0).as_object();
  EXPECT_EQ(turn.at("user_text"), kQuestion);
  ASSERT_EQ(heard_.replies().size(), 1U);
  EXPECT_EQ(turn.at("reply_text").as_string(), heard_.replies().front());
  EXPECT_EQ(turn.at("end"), "answered");
  ASSERT_TRUE(turn.at("first_audio_ms").is_int64()) << json::serialize(turn);
  EXPECT_GE(turn.at("first_audio_ms").as_int64(), 0);
  EXPECT_LT(turn.at("first_audio_ms").as_int64(), 30'000);

  EXPECT_THAT(database(), HasSubstr(kQuestion)) << "plain, as docs/security.md says";

  const std::string session(conversation.at("session").as_string());
  const CtlResult shown = ctl(system_, {"conversations", "show", session});
  EXPECT_THAT(shown.output, HasSubstr(kQuestion));
  EXPECT_THAT(shown.output, HasSubstr(heard_.replies().front()));
}

class NoTextTest : public ConversationsTest {
 protected:
  NoTextTest() : ConversationsTest({"conversations.keep_text=false"}) {}
};

TEST_F(NoTextTest, OnlyTheNumbersAreKept) {
  const json::object conversation = kept();
  ASSERT_FALSE(conversation.empty()) << system_.log();
  ASSERT_EQ(conversation.at("turns").as_array().size(), 1U);
  const json::object& turn = conversation.at("turns").at(0).as_object();
  EXPECT_EQ(turn.at("user_text"), "");
  EXPECT_EQ(turn.at("reply_text"), "");
  EXPECT_TRUE(turn.at("first_audio_ms").is_int64()) << json::serialize(turn);
  EXPECT_THAT(json::serialize(conversation), Not(HasSubstr(kQuestion)));
  EXPECT_THAT(database(), Not(HasSubstr(kQuestion)));
  EXPECT_THAT(system_.log(), Not(HasSubstr(kQuestion)));
}

}  // namespace
}  // namespace earshot::e2e
