#include "worker/providers/fallback/fallback_asr.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <optional>

#include "tests/unit/worker/providers/fallback/hand_stages.h"

namespace earshot::worker {
namespace {

using testing::ElementsAre;
using testing_stages::HandAsr;
using testing_stages::named;
using testing_stages::run_until;

constexpr Milliseconds kKept{1000};

class FallbackAsrTest : public testing::Test {
 protected:
  FallbackAsrTest() {
    ChainEntries<AsrProvider> providers;
    providers.push_back(named<AsrProvider>("first", first_));
    providers.push_back(named<AsrProvider>("local", local_, true));
    ear_.emplace(std::move(providers),
                 FallbackLimits{.patience = Milliseconds(20), .longest = Milliseconds(20)}, kKept, clock_);
    stream_ = ear_->open({}, io_.get_executor(),
                         {.on_interim = [this](const std::string& text) { interim_.push_back(text); },
                          .on_final = [this](Result<Transcript> result) { finals_.push_back(result); }});
  }
  static std::vector<std::int16_t> ramp(std::size_t samples, std::int16_t from = 0) {
    std::vector<std::int16_t> pcm(samples);
    std::iota(pcm.begin(), pcm.end(), from);
    return pcm;
  }
  static Result<Transcript> broken() { return Error{ErrorCode::kUnavailable, "scripted"}; }
  static Transcript heard(const std::string& text) { return {.text = text}; }

  asio::io_context io_;
  SystemClock clock_;
  HandAsr* first_ = nullptr;
  HandAsr* local_ = nullptr;
  std::optional<FallbackAsr> ear_;
  std::unique_ptr<AsrStream> stream_;
  std::vector<std::string> interim_;
  std::vector<Result<Transcript>> finals_;
};

TEST_F(FallbackAsrTest, ReplaysTheUtteranceToTheNextAfterARefusal) {
  const auto pcm = ramp(4000);
  stream_->write(std::span(pcm).first(1000));
  stream_->write(std::span(pcm).subspan(1000));
  stream_->finish();
  EXPECT_TRUE(first_->finished);
  first_->heard.on_final(broken());
  EXPECT_EQ(local_->pcm, pcm);
  EXPECT_TRUE(local_->finished);
  local_->heard.on_final(heard("hello"));
  ASSERT_EQ(finals_.size(), 1U);
  EXPECT_EQ(finals_[0]->text, "hello");
}

TEST_F(FallbackAsrTest, PassesPausesOn) {
  stream_->pause();
  EXPECT_TRUE(first_->paused);
  stream_->resume();
  EXPECT_FALSE(first_->paused);
}

TEST_F(FallbackAsrTest, ReplacesOneThatBreaksWhileTheUserSpeaks) {
  const auto pcm = ramp(3000);
  stream_->write(std::span(pcm).first(1000));
  first_->heard.on_interim("he");
  first_->heard.on_final(broken());
  first_->heard.on_interim("stale");
  stream_->write(std::span(pcm).subspan(1000));
  local_->heard.on_interim("hello");
  EXPECT_EQ(local_->pcm, pcm);
  EXPECT_FALSE(local_->finished);
  EXPECT_THAT(interim_, ElementsAre("he", "hello"));
  stream_->finish();
  EXPECT_TRUE(local_->finished);
}

TEST_F(FallbackAsrTest, ReplacesOneThatGivesNoTranscript) {
  stream_->write(ramp(100));
  stream_->finish();
  ASSERT_TRUE(run_until(io_, [&] { return local_->opened == 1; }));
  EXPECT_FALSE(first_->alive);
  EXPECT_TRUE(local_->finished);
}

TEST_F(FallbackAsrTest, WaitsForTheEndOfSpeechWithoutADeadline) {
  stream_->write(ramp(100));
  io_.run_for(Milliseconds(60));
  EXPECT_EQ(local_->opened, 0);
}

TEST_F(FallbackAsrTest, TellsOfAFailureOfAllOnlyAfterTheEndOfSpeech) {
  first_->heard.on_final(broken());
  local_->heard.on_final(broken());
  stream_->write(ramp(100));
  EXPECT_TRUE(finals_.empty());
  stream_->finish();
  EXPECT_TRUE(finals_.empty());
  ASSERT_TRUE(run_until(io_, [&] { return !finals_.empty(); }));
  EXPECT_FALSE(finals_[0].ok());
}

TEST_F(FallbackAsrTest, KeepsABoundedPartOfALongUtterance) {
  for (int second = 0; second < 3; ++second) stream_->write(ramp(16'000));
  first_->heard.on_final(broken());
  EXPECT_EQ(local_->pcm.size(), 16'000U);
}

TEST_F(FallbackAsrTest, EndsWithTheServicesErrorWhatTheEmbeddedOneDoesNotUnderstand) {
  stream_->write(ramp(100));
  stream_->finish();
  first_->heard.on_final(Error{ErrorCode::kTimeout, "the service's"});
  local_->heard.on_final(Transcript{.text = "...", .understood = false});
  ASSERT_EQ(finals_.size(), 1U);
  ASSERT_FALSE(finals_[0].ok());
  EXPECT_EQ(finals_[0].error().message, "the service's");
}

TEST_F(FallbackAsrTest, EndsWithAnErrorWhatTheEmbeddedOneDoesNotUnderstandWhileTheServiceIsLeftAlone) {
  for (int failures = 0; failures < 3; ++failures) {
    stream_ = ear_->open({}, io_.get_executor(),
                         {.on_interim = nullptr, .on_final = [this](Result<Transcript> result) {
                            finals_.push_back(std::move(result));
                          }});
    stream_->finish();
    if (failures < 2) first_->heard.on_final(broken());
    local_->heard.on_final(Transcript{.text = "...", .understood = false});
  }
  EXPECT_EQ(first_->opened, 3);  // with the one of the fixture
  ASSERT_EQ(finals_.size(), 3U);
  EXPECT_FALSE(finals_[2].ok());
}

TEST_F(FallbackAsrTest, SaysNothingAfterCancel) {
  stream_->finish();
  stream_->cancel();
  first_->heard.on_final(heard("late"));
  io_.run_for(Milliseconds(40));
  EXPECT_TRUE(finals_.empty());
  EXPECT_EQ(local_->opened, 0);
}

}  // namespace
}  // namespace earshot::worker
