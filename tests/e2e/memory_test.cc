// What an agent remembers of one conversation in the next, with the real programs and a service that writes down what
// it is asked; and that it forgets when it is told to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

#include "tests/e2e/ctl_run.h"
#include "tests/e2e/sim_run.h"
#include "tests/fakes/providers/openai_llm_fake.h"

namespace earshot::e2e {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kRememberedMac = "02:00:00:00:0f:01";
constexpr const char* kOtherMac = "02:00:00:00:0f:02";
constexpr const char* kTold = "my cat is called Miso";
constexpr const char* kAsked = "what is my cat called";
constexpr const char* kFrame = "From your memory of this user";

// Knows of the cat what stands in the request.
fakes::LlmReply cat_friend(const std::string& body) {
  if (body.find(kAsked) == std::string::npos) return {.tokens = {"Noted."}};
  if (body.find("Miso") != std::string::npos) return {.tokens = {"It is called", " Miso."}};
  return {.tokens = {"I do not know."}};
}

// "2026-11-30 (", as the worker dates what was said: its zone is that of these tests.
std::string date_of_today() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  std::array<char, 16> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d (", &local);
  return text.data();
}

class MemoryTest : public testing::Test {
 protected:
  // Without resuming: a device that comes back soon goes on with its dialogue, whatever is remembered.
  explicit MemoryTest(const std::string& level = "diary")
      : system_({.workers = 1,
                 .gateway_settings = {"session.resume_within_ms=0"},
                 .worker_config =
                     "llm:\n  selected: remote\n  providers:\n    remote: {type: openai, base_url: \"" +
                     llm_.base_url() +
                     "\", model_name: m}\nagent: house\nagents:\n  house:\n    memory: " + level + "\n"}) {}

  SimResult say(const std::string& mac, const std::string& text) const {
    SimResult result = talk(system_, {"--mac", mac, "--text", text});
    EXPECT_EQ(result.exit_code, 0) << result.told;
    return result;
  }
  // Polls another process: there is no event to wait for.
  bool kept(std::uint64_t turns) const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (std::chrono::steady_clock::now() < deadline) {
      if (system_.counter("memory_turn") >= turns) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
  }
  std::string last_request() const {
    const auto requests = llm_.server().requests();
    return requests.empty() ? "" : requests.back().body;
  }
  std::string shown(const std::string& mac = kRememberedMac) const {
    const CtlResult result = ctl(system_, {"memory", "show", mac});
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    return result.output;
  }

  mutable fakes::OpenAiLlmFake llm_{cat_friend};
  System system_;
};

TEST_F(MemoryTest, WhatWasSaidIsAskedAboutInTheNextConversation) {
  const std::string before = date_of_today();
  say(kRememberedMac, kTold);
  ASSERT_TRUE(kept(1)) << system_.log();
  EXPECT_THAT(last_request(), Not(HasSubstr(kFrame))) << "there was nothing to remember";
  EXPECT_THAT(shown(), AllOf(HasSubstr(kTold), HasSubstr("Noted."), HasSubstr("1 turns in all")));

  const SimResult asked = say(kRememberedMac, kAsked);
  const std::string request = last_request();
  EXPECT_THAT(request, HasSubstr(kFrame));
  EXPECT_THAT(request, HasSubstr(std::string(R"(the user said \")") + kTold + R"(\", you said \"Noted.\")"));
  EXPECT_TRUE(request.find(before) != std::string::npos || request.find(date_of_today()) != std::string::npos)
      << request;
  EXPECT_THAT(asked.replies(), Contains("It is called Miso."));
  EXPECT_THAT(system_.log(), Not(HasSubstr("Miso")));

  EXPECT_THAT(say(kOtherMac, kAsked).replies(), Contains("I do not know."))
      << "another device has its own memory";
}

TEST_F(MemoryTest, WhatIsForgottenIsGone) {
  say(kRememberedMac, kTold);
  ASSERT_TRUE(kept(1)) << system_.log();
  EXPECT_EQ(ctl(system_, {"forget", kRememberedMac}).exit_code, 2) << "it must be said twice";
  EXPECT_THAT(ctl(system_, {"forget", kRememberedMac, "--export"}).output, HasSubstr(kTold));
  const CtlResult forgot = ctl(system_, {"forget", kRememberedMac, "--yes"});
  EXPECT_EQ(forgot.exit_code, 0) << forgot.errors;
  EXPECT_THAT(shown(), AllOf(Not(HasSubstr("Miso")), HasSubstr("0 turns in all")));
  EXPECT_TRUE(ctl_json(system_, {"conversations", "list", "--device", kRememberedMac}).as_array().empty());
  EXPECT_THAT(say(kRememberedMac, kAsked).replies(), Contains("I do not know."));
  EXPECT_THAT(last_request(), Not(HasSubstr("Miso")));
}

TEST_F(MemoryTest, AGatewayThatStartsAnewStillKnowsIt) {
  say(kRememberedMac, kTold);
  ASSERT_TRUE(kept(1)) << system_.log();
  system_.stop();
  system_.start();
  EXPECT_THAT(say(kRememberedMac, kAsked).replies(), Contains("It is called Miso.")) << system_.log();
  EXPECT_THAT(shown(), HasSubstr(kTold));
}

class NoMemoryTest : public MemoryTest {
 protected:
  NoMemoryTest() : MemoryTest("off") {}
};

TEST_F(NoMemoryTest, NothingIsKeptAndNothingAsked) {
  say(kRememberedMac, kTold);
  EXPECT_THAT(say(kRememberedMac, kAsked).replies(), Contains("I do not know."));
  EXPECT_THAT(last_request(), Not(HasSubstr(kFrame)));
  EXPECT_THAT(shown(), AllOf(Not(HasSubstr("Miso")), HasSubstr("0 turns in all")));
  EXPECT_EQ(system_.counter("memory_turn") + system_.counter("memory_asked"), 0U);
}

}  // namespace
}  // namespace earshot::e2e
