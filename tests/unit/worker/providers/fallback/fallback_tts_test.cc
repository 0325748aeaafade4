#include "worker/providers/fallback/fallback_tts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "tests/unit/worker/providers/fallback/hand_stages.h"

namespace earshot::worker {
namespace {

using testing::ElementsAre;
using testing_stages::HandTts;
using testing_stages::named;
using testing_stages::run_until;

constexpr const char* kSentence = "Hello there, my friend.";

class FallbackTtsTest : public testing::Test {
 protected:
  FallbackTtsTest() {
    ChainEntries<TtsProvider> providers;
    providers.push_back(named<TtsProvider>("first", first_));
    providers.push_back(named<TtsProvider>("local", local_, true));
    voice_.emplace(std::move(providers),
                   FallbackLimits{.patience = Milliseconds(20), .longest = Milliseconds(20)}, clock_);
  }
  std::unique_ptr<TtsStream> say(const std::string& text) {
    return voice_->synthesize({.text = text, .language = "en-US"}, io_.get_executor(),
                              {.on_audio = [this](const Pcm& pcm) { audio_.push_back(pcm); },
                               .on_done = [this](Status status) { done_.push_back(std::move(status)); }});
  }
  static Pcm audio(int ms, int rate_hz = 16'000) {
    return {.samples = std::vector<std::int16_t>(static_cast<std::size_t>(ms * rate_hz / 1000), 100),
            .sample_rate_hz = rate_hz};
  }
  static Status broken() { return Error{ErrorCode::kUnavailable, "scripted"}; }

  asio::io_context io_;
  SystemClock clock_;
  HandTts* first_ = nullptr;
  HandTts* local_ = nullptr;
  std::optional<FallbackTts> voice_;
  std::vector<Pcm> audio_;
  std::vector<Status> done_;
};

TEST_F(FallbackTtsTest, GivesTheWholeSentenceToTheNextWhenNothingWasSaid) {
  const auto stream = say(kSentence);
  first_->heard.on_done(broken());
  EXPECT_THAT(local_->texts, ElementsAre(kSentence));
}

TEST_F(FallbackTtsTest, GivesOnlyTheRestToTheNextWhenOneBreaksOff) {
  const auto stream = say(kSentence);
  first_->heard.on_audio(audio(900));
  first_->heard.on_done(broken());
  EXPECT_THAT(local_->texts, ElementsAre("my friend."));
  local_->heard.on_audio(audio(700));
  local_->heard.on_done(kDone);
  EXPECT_EQ(audio_.size(), 2U);
  ASSERT_EQ(done_.size(), 1U);
  EXPECT_TRUE(done_[0].ok());
}

TEST_F(FallbackTtsTest, TakesASentenceForSaidWhenNoWordIsLeft) {
  const auto stream = say(kSentence);
  first_->heard.on_audio(audio(1700));
  first_->heard.on_done(broken());
  EXPECT_TRUE(local_->texts.empty());
  ASSERT_EQ(done_.size(), 1U);
  EXPECT_TRUE(done_[0].ok());
}

TEST_F(FallbackTtsTest, BringsAnotherVoiceToTheSameRate) {
  const auto stream = say(kSentence);
  first_->heard.on_audio(audio(900));
  first_->heard.on_done(broken());
  local_->heard.on_audio(audio(500, 24'000));
  local_->heard.on_done(kDone);
  std::size_t samples = 0;
  for (const Pcm& pcm : audio_) {
    EXPECT_EQ(pcm.sample_rate_hz, 16'000);
    samples += pcm.samples.size();
  }
  EXPECT_NEAR(static_cast<double>(samples), 1400 * 16, 32);
}

TEST_F(FallbackTtsTest, ReplacesOneThatStalls) {
  const auto stream = say(kSentence);
  ASSERT_TRUE(run_until(io_, [&] { return !local_->texts.empty(); }));
  EXPECT_FALSE(first_->alive);
}

TEST_F(FallbackTtsTest, TakesSilenceForAFailureOnlyWhereThereAreWords) {
  const auto stream = say(kSentence);
  first_->heard.on_done(kDone);
  EXPECT_THAT(local_->texts, ElementsAre(kSentence));
  const auto other = say("...");
  first_->heard.on_done(kDone);
  EXPECT_EQ(done_.size(), 1U);
}

TEST_F(FallbackTtsTest, WhatAVoiceHasNoSoundForOpensNoBreaker) {
  for (int sentence = 0; sentence < 4; ++sentence) {
    const auto stream = say("\uC548\uB155\uD558\uC138\uC694.");
    if (sentence % 2 == 0) {
      first_->heard.on_done(kDone);
    } else {
      first_->heard.on_done(Error{ErrorCode::kInvalid, "no sound for a sentence"});
    }
    local_->heard.on_done(kDone);
  }
  EXPECT_EQ(first_->texts.size(), 4U);
  ASSERT_EQ(done_.size(), 4U);
  EXPECT_TRUE(done_[3].ok());  // nobody has a sound for it: the answer goes on
}

TEST_F(FallbackTtsTest, SaysNothingAfterCancel) {
  auto stream = say(kSentence);
  stream.reset();
  first_->heard.on_audio(audio(20));
  first_->heard.on_done(broken());
  io_.run_for(Milliseconds(40));
  EXPECT_TRUE(audio_.empty());
  EXPECT_TRUE(done_.empty());
  EXPECT_TRUE(local_->texts.empty());
}

}  // namespace
}  // namespace earshot::worker
