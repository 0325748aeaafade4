#include "bench/worker/talker.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace earshot::bench {
namespace {

class TalkerTest : public testing::Test {
 protected:
  TalkerTest() {
    talker_.open();
    ipc::Envelope opened;
    opened.mutable_session_opened();
    hear(opened);
  }

  void pass(Milliseconds time) {
    for (const auto until = now_ + time; now_ < until;) {
      now_ += Milliseconds(5);
      talker_.tick(now_);
    }
  }
  void hear(const ipc::Envelope& envelope) { talker_.on_envelope(envelope, now_); }
  void answer(int frames) {
    ipc::Envelope message;
    message.mutable_speech_start()->set_turn(1);
    hear(message);
    message.mutable_sentence_start()->set_turn(1);
    message.mutable_sentence_start()->set_sentence(1);
    hear(message);
    for (int i = 0; i < frames; ++i) {
      message.mutable_audio_down()->set_turn(1);
      hear(message);
    }
    message.mutable_speech_end()->set_turn(1);
    hear(message);
  }
  int sent(auto is) const { return static_cast<int>(std::ranges::count_if(sent_, is)); }
  int packets() const {
    return sent([](const ipc::Envelope& message) { return message.has_audio_up(); });
  }
  int listens() const {
    return sent([](const ipc::Envelope& message) { return message.has_listen(); });
  }
  std::vector<ipc::PlayoutReport::Event> reports() const {
    std::vector<ipc::PlayoutReport::Event> events;
    for (const auto& message : sent_) {
      if (message.has_playout_report()) events.push_back(message.playout_report().event());
    }
    return events;
  }

  UserSpeech speech_{.speech = std::vector<Bytes>(10, Bytes(40)), .silence = std::vector<Bytes>(3, Bytes(2))};
  SteadyTime now_{std::chrono::seconds(100)};
  std::vector<ipc::Envelope> sent_;
  Talker talker_{7, speech_, now_, [this](const ipc::Envelope& message, bool) { sent_.push_back(message); }};
};

TEST_F(TalkerTest, SpeaksAtRealTimeAndThenIsSilent) {
  pass(Milliseconds(1200));
  EXPECT_EQ(listens(), 1);
  EXPECT_NEAR(packets(), 20, 1);
  EXPECT_EQ(sent([](const auto& message) { return message.audio_up().opus().size() == 40; }), 10);
}

TEST_F(TalkerTest, SpeaksAgainWhenTheAnswerHasPlayed) {
  pass(Milliseconds(1200));
  const int before = packets();
  answer(10);
  pass(Milliseconds(590));
  EXPECT_EQ(packets(), before) << "its microphone is off while it hears";
  EXPECT_EQ(talker_.stats().turns, 0U);
  pass(Milliseconds(100));
  EXPECT_EQ(talker_.stats().turns, 1U);
  EXPECT_EQ(listens(), 2);
  EXPECT_EQ(reports(), (std::vector{ipc::PlayoutReport::kStarted, ipc::PlayoutReport::kSentence,
                                    ipc::PlayoutReport::kFinished}));
}

TEST_F(TalkerTest, MeasuresFromTheLastPacketOfSpeech) {
  pass(Milliseconds(1200));
  answer(1);
  ASSERT_EQ(talker_.stats().answer_ms.size(), 1U);
  EXPECT_NEAR(talker_.stats().answer_ms.front(), 1200 - 9 * kPacketMs, 10);
}

TEST_F(TalkerTest, CountsAnAnswerThatNeverComesAndGoesOn) {
  pass(Talker::kPatience + Milliseconds(1200));
  EXPECT_EQ(talker_.stats().unanswered, 1U);
  EXPECT_EQ(listens(), 2);
}

}  // namespace
}  // namespace earshot::bench
