#include "worker/providers/fallback/fallback_llm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "tests/unit/worker/providers/fallback/hand_stages.h"

namespace earshot::worker {
namespace {

using testing::ElementsAre;
using testing_stages::HandLlm;
using testing_stages::named;
using testing_stages::run_until;

class FallbackLlmTest : public testing::Test {
 protected:
  FallbackLlmTest() {
    ChainEntries<LlmProvider> providers;
    providers.push_back(named<LlmProvider>("first", first_, false, {.failures = 2}));
    providers.push_back(named<LlmProvider>("second", second_, false, {.failures = 2}));
    providers.push_back(named<LlmProvider>("local", local_, true));
    brain_.emplace(std::move(providers),
                   FallbackLimits{.patience = Milliseconds(20), .longest = Milliseconds(20)}, clock_);
  }
  std::unique_ptr<LlmStream> chat(Message::Role last = Message::Role::kUser) {
    LlmRequest request;
    request.dialogue.push_back({.role = last, .text = "hi", .tool_calls = {}, .tool_call_id = {}});
    return brain_->chat(std::move(request), io_.get_executor(),
                        {.on_text = [this](const std::string& delta) { text_ += delta; },
                         .on_emotion = [this](const std::string& emotion) { faces_.push_back(emotion); },
                         .on_tool_call = [this](ToolCall call) { calls_.push_back(call.name); },
                         .on_done = [this](Status status) { done_.push_back(std::move(status)); },
                         .on_usage = nullptr,
                         .on_alive = [this] { ++signs_; }});
  }
  static Status broken() { return Error{ErrorCode::kUnavailable, "scripted"}; }
  std::uint64_t count(std::size_t provider, ProviderEvent event) {
    std::vector<std::uint64_t> values;
    brain_->chain().visit([&](const ProviderRecord& record) { values.push_back(record.value(event)); });
    return values[provider];
  }

  asio::io_context io_;
  SystemClock clock_;
  HandLlm* first_ = nullptr;
  HandLlm* second_ = nullptr;
  HandLlm* local_ = nullptr;
  std::optional<FallbackLlm> brain_;
  std::string text_;
  int signs_ = 0;
  std::vector<std::string> faces_;
  std::vector<std::string> calls_;
  std::vector<Status> done_;
};

TEST_F(FallbackLlmTest, AsksOnlyTheFirstWhenItAnswers) {
  const auto stream = chat();
  first_->heard.on_text("Hello.");
  first_->heard.on_done(kDone);
  EXPECT_EQ(text_, "Hello.");
  ASSERT_EQ(done_.size(), 1U);
  EXPECT_TRUE(done_[0].ok());
  EXPECT_TRUE(second_->requests.empty());
}

TEST_F(FallbackLlmTest, GivesTheSameRequestToTheNextWhenOneRefuses) {
  const auto stream = chat();
  first_->heard.on_done(broken());
  EXPECT_FALSE(first_->alive);
  ASSERT_EQ(second_->requests.size(), 1U);
  EXPECT_EQ(second_->requests[0].dialogue.size(), 1U);
  second_->heard.on_done(broken());
  ASSERT_EQ(local_->requests.size(), 1U);
  local_->heard.on_done(broken());
  ASSERT_EQ(done_.size(), 1U);
  EXPECT_FALSE(done_[0].ok());
  EXPECT_EQ(count(0, ProviderEvent::kFailed), 1U);
  EXPECT_EQ(count(1, ProviderEvent::kTookOver), 1U);
}

TEST_F(FallbackLlmTest, ReplacesOneThatStalls) {
  const auto stream = chat();
  ASSERT_TRUE(run_until(io_, [&] { return !second_->requests.empty(); }));
  first_->heard.on_text("too late");
  second_->heard.on_text("In time.");
  second_->heard.on_done(kDone);
  EXPECT_EQ(text_, "In time.");
}

TEST_F(FallbackLlmTest, ContinuesAReplyThatBrokeOffWithoutSayingAnythingTwice) {
  const auto stream = chat();
  first_->heard.on_emotion("happy");
  first_->heard.on_text("The capital of France");
  first_->heard.on_done(broken());
  ASSERT_EQ(second_->requests.size(), 1U);
  ASSERT_EQ(second_->requests[0].dialogue.size(), 3U);
  EXPECT_EQ(second_->requests[0].dialogue[1].text, "The capital of France");
  second_->heard.on_emotion("sad");
  second_->heard.on_text("The capital of France");
  second_->heard.on_text(" is Paris.");
  second_->heard.on_done(kDone);
  EXPECT_EQ(text_, "The capital of France is Paris.");
  EXPECT_THAT(faces_, ElementsAre("happy"));
  ASSERT_EQ(done_.size(), 1U);
  EXPECT_TRUE(done_[0].ok());
}

TEST_F(FallbackLlmTest, EndsAReplyThatNobodyLeftCanContinue) {
  second_->keeps_dialogue = true;
  const auto stream = chat();
  first_->heard.on_text("The capital");
  first_->heard.on_done(broken());
  EXPECT_TRUE(second_->requests.empty());
  EXPECT_TRUE(local_->requests.empty());
  ASSERT_EQ(done_.size(), 1U);
  EXPECT_FALSE(done_[0].ok());
}

TEST_F(FallbackLlmTest, LetsACallBeAnsweredRatherThanMakeItTwice) {
  const auto stream = chat();
  first_->heard.on_tool_call({.id = "1", .name = "volume", .arguments = "{}"});
  first_->heard.on_done(broken());
  EXPECT_THAT(calls_, ElementsAre("volume"));
  EXPECT_TRUE(second_->requests.empty());
  ASSERT_EQ(done_.size(), 1U);
  EXPECT_TRUE(done_[0].ok());
}

TEST_F(FallbackLlmTest, TakesAnEmptyAnswerForAFailure) {
  const auto stream = chat();
  first_->heard.on_done(kDone);
  EXPECT_EQ(second_->requests.size(), 1U);
  EXPECT_TRUE(done_.empty());
}

TEST_F(FallbackLlmTest, TakesAnEmptyAnswerBehindAToolForAnEnd) {
  const auto stream = chat(Message::Role::kTool);
  first_->heard.on_done(kDone);
  ASSERT_EQ(done_.size(), 1U);
  EXPECT_TRUE(done_[0].ok());
  EXPECT_TRUE(second_->requests.empty());
  EXPECT_EQ(count(0, ProviderEvent::kFailed), 0U);
}

TEST_F(FallbackLlmTest, WaitsForOneThatShowsThatItWorks) {
  const auto stream = chat();
  // Due before the patience of 20 ms ends each time, and so handled before it, however late both are.
  asio::steady_timer timer(io_, std::chrono::steady_clock::now());
  std::function<void()> think = [&] {
    timer.expires_at(timer.expiry() + Milliseconds(10));
    timer.async_wait([&](error_code) {
      first_->heard.on_alive();
      if (signs_ < 10) think();
    });
  };
  think();
  ASSERT_TRUE(run_until(io_, [&] { return signs_ == 10; }));
  EXPECT_TRUE(second_->requests.empty());
  ASSERT_TRUE(run_until(io_, [&] { return !second_->requests.empty(); }));
}

TEST_F(FallbackLlmTest, AsksNoEmbeddedBrainForWhatItDoesNotUnderstand) {
  local_->understands = false;
  const auto stream = chat();
  first_->heard.on_done(broken());
  second_->heard.on_done(Error{ErrorCode::kTimeout, "the last one's"});
  EXPECT_TRUE(local_->requests.empty());
  ASSERT_EQ(done_.size(), 1U);
  EXPECT_EQ(done_[0].error().message, "the last one's");
}

TEST_F(FallbackLlmTest, EndsAnEmptyAnswerThatNobodyReplacesWithAnError) {
  local_->understands = false;
  const auto stream = chat();
  first_->heard.on_done(kDone);
  second_->heard.on_done(kDone);
  ASSERT_EQ(done_.size(), 1U);
  EXPECT_FALSE(done_[0].ok());
}

TEST_F(FallbackLlmTest, LeavesTheLastServiceItsOwnTimeWhenNothingStandsIn) {
  local_->understands = false;
  const auto stream = chat();
  first_->heard.on_done(broken());
  io_.run_for(Milliseconds(60));
  EXPECT_TRUE(second_->alive);
  second_->heard.on_text("Late.");
  second_->heard.on_done(kDone);
  EXPECT_EQ(text_, "Late.");
}

TEST_F(FallbackLlmTest, AsksTheLastServiceAlthoughItFailedWhenNothingStandsIn) {
  local_->understands = false;
  for (int turn = 0; turn < 4; ++turn) {
    const auto stream = chat();
    if (turn < 2) first_->heard.on_done(broken());
    if (turn < 3) second_->heard.on_done(broken());
  }
  EXPECT_EQ(second_->requests.size(), 4U);
}

TEST_F(FallbackLlmTest, WhatOneUserSaysOpensNoBreakerForTheOthers) {
  for (int turn = 0; turn < 5; ++turn) {
    const auto stream = chat();
    first_->heard.on_done(Error{turn % 2 == 0 ? ErrorCode::kInvalid : ErrorCode::kTooLarge, "refused"});
    second_->heard.on_text("Allowed.");
    second_->heard.on_done(kDone);
  }
  EXPECT_EQ(first_->requests.size(), 5U);
  EXPECT_EQ(count(0, ProviderEvent::kFailed), 0U);
  EXPECT_EQ(count(0, ProviderEvent::kRefused), 5U);
  EXPECT_EQ(done_.size(), 5U);
}

TEST_F(FallbackLlmTest, KeepsADeadOneOutOfTheNextTurns) {
  for (int turn = 0; turn < 3; ++turn) {
    const auto stream = chat();
    if (turn < 2) first_->heard.on_done(broken());
    second_->heard.on_text("Hello.");
    second_->heard.on_done(kDone);
  }
  EXPECT_EQ(first_->requests.size(), 2U);
  EXPECT_EQ(count(0, ProviderEvent::kSkipped), 1U);
  EXPECT_EQ(done_.size(), 3U);
}

TEST_F(FallbackLlmTest, SaysNothingAfterCancel) {
  auto stream = chat();
  stream->cancel();
  first_->heard.on_text("late");
  first_->heard.on_done(broken());
  stream.reset();
  io_.run_for(Milliseconds(30));
  EXPECT_FALSE(first_->alive);
  EXPECT_TRUE(text_.empty());
  EXPECT_TRUE(done_.empty());
  EXPECT_TRUE(second_->requests.empty());
}

TEST_F(FallbackLlmTest, MayBeCancelledInsideItsOwnCallback) {
  std::unique_ptr<LlmStream> stream;
  stream = brain_->chat({}, io_.get_executor(),
                        {.on_text = [&](const std::string&) { stream.reset(); },
                         .on_emotion = nullptr,
                         .on_tool_call = nullptr,
                         .on_done = [this](Status status) { done_.push_back(std::move(status)); },
                         .on_usage = nullptr});
  first_->heard.on_text("Hello.");
  first_->heard.on_done(kDone);
  io_.run_for(Milliseconds(30));
  EXPECT_TRUE(done_.empty());
  EXPECT_FALSE(first_->alive);
}

}  // namespace
}  // namespace earshot::worker
