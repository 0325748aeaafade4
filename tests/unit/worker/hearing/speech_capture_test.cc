#include "worker/hearing/speech_capture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "common/audio/opus_encoder.h"
#include "tests/fakes/scripted_stages.h"

namespace earshot::worker {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

constexpr Milliseconds kCapturePacket{60};

class SpeechCaptureTest : public testing::Test {
 protected:
  void listen(ListenMode mode = ListenMode::kAuto) { capture_.listen(1, mode, clock_.now()); }
  void sound(Milliseconds length, double amplitude) {
    for (Milliseconds sent{0}; sent < length; sent += kCapturePacket) {
      std::vector<std::int16_t> frame(960);
      for (std::int16_t& sample : frame) {
        sample = static_cast<std::int16_t>(amplitude * std::sin(phase_));
        phase_ += 2 * std::numbers::pi * 440 / 16000;
      }
      clock_.advance(kCapturePacket);
      capture_.packet({.sequence = ++sequence_, .opus = *encoder_.encode(frame), .lost = false},
                      clock_.now());
      run();
    }
  }
  void speech(Milliseconds length) { sound(length, 12'000); }
  void silence(Milliseconds length) { sound(length, 0); }
  void shows(const std::string& words) {
    asr_.shows(words);
    run();
  }
  void run() {
    io_.restart();
    io_.poll();
  }
  std::vector<std::string> take_log() { return std::exchange(log_, {}); }

  asio::io_context io_;
  fakes::ManualClock clock_;
  fakes::LoudnessVadProvider vad_;
  fakes::ScriptedAsr asr_;
  std::vector<std::string> log_;
  std::optional<UtteranceEnd> end_;

 private:
  SpeechCaptureHandlers handlers() {
    const auto note = [this](const std::string& what, UtteranceId id) {
      log_.push_back(what + " " + std::to_string(id.number));
    };
    return {.on_barge_in = [](UtteranceId) {},
            .on_end =
                [this, note](UtteranceId id, UtteranceEnd end) {
                  end_ = end;
                  note("end", id);
                },
            .on_transcript = [note](UtteranceId id, const Result<Transcript>&) { note("transcript", id); },
            .on_pause = [note](UtteranceId id, const std::string& words) { note("pause: " + words, id); },
            .on_resumed = [note](UtteranceId id) { note("resumed", id); }};
  }

  OpusEncoder encoder_ = OpusEncoder::create(device_uplink_opus(60)).value();
  SpeechCapture capture_{{.endpoint = {}, .language = "en"},
                         OpusDecoder::create(kVadSampleRateHz, 60).value(),
                         vad_.create(),
                         asr_,
                         clock_,
                         io_.get_executor(),
                         handlers()};
  double phase_ = 0;
  std::uint32_t sequence_ = 0;
};

TEST_F(SpeechCaptureTest, TellsAPauseWithTheWordsSoFar) {
  listen();
  speech(900ms);
  shows("turn on");
  EXPECT_THAT(take_log(), IsEmpty()) << "the user still speaks";
  silence(240ms);
  EXPECT_THAT(take_log(), ElementsAre("pause: turn on 1"));
  silence(480ms);
  EXPECT_THAT(take_log(), ElementsAre("end 1", "transcript 1"));
}

TEST_F(SpeechCaptureTest, TellsWordsThatComeLateInThePauseButNoneTwice) {
  listen();
  speech(900ms);
  silence(240ms);
  EXPECT_THAT(take_log(), IsEmpty()) << "nothing is understood yet";
  shows("turn");
  shows("turn");
  shows("");
  shows("turn on");
  EXPECT_THAT(take_log(), ElementsAre("pause: turn 1", "pause: turn on 1"));
}

TEST_F(SpeechCaptureTest, TheLastWordIsTheSignNotTheNextPacket) {
  listen();
  speech(900ms);
  shows("turn");
  silence(180ms);
  EXPECT_THAT(take_log(), IsEmpty()) << "a word is still to come";
  shows("turn on");
  EXPECT_THAT(take_log(), ElementsAre("pause: turn on 1"));
}

TEST_F(SpeechCaptureTest, ARecogniserThatIsAskedInThePauseIsAskedAsEarlyAgain) {
  listen();
  for (int i = 1; i <= 5; ++i) {
    speech(900ms);
    silence(180ms);
    shows("turn on the light " + std::to_string(i));
    EXPECT_THAT(take_log(),
                ElementsAre("pause: turn on the light " + std::to_string(i) + " " + std::to_string(i)));
    silence(900ms);
    take_log();
  }
}

TEST_F(SpeechCaptureTest, TellsThatTheUserGoesOn) {
  listen();
  speech(900ms);
  shows("turn on");
  silence(300ms);
  take_log();
  speech(180ms);
  EXPECT_THAT(take_log(), ElementsAre("resumed 1"));
  shows("turn on the light");
  silence(240ms);
  EXPECT_THAT(take_log(), ElementsAre("pause: turn on the light 1"));
}

TEST_F(SpeechCaptureTest, DoesNotTellTheWordsOfBeforeTheUserWentOn) {
  listen();
  speech(900ms);
  shows("turn on");
  silence(240ms);
  speech(180ms);
  silence(240ms);
  EXPECT_THAT(take_log(), ElementsAre("pause: turn on 1", "resumed 1"));
  shows("turn on");
  EXPECT_THAT(take_log(), ElementsAre("pause: turn on 1")) << "it was only a cough";
}

TEST_F(SpeechCaptureTest, TellsTheRecogniserThatTheUserMayHaveFinishedAndThatTheyHaveNot) {
  listen();
  speech(900ms);
  silence(240ms);
  EXPECT_EQ(asr_.pauses(), 1);
  EXPECT_EQ(asr_.resumptions(), 0);
  speech(180ms);
  EXPECT_EQ(asr_.resumptions(), 1);
  silence(240ms);
  EXPECT_EQ(asr_.pauses(), 2);
}

TEST_F(SpeechCaptureTest, SaysNothingOfAPauseThatWasNotTold) {
  listen();
  speech(900ms);
  silence(300ms);
  speech(300ms);
  EXPECT_THAT(take_log(), IsEmpty());
}

TEST_F(SpeechCaptureTest, KnowsNoPauseWhileAKeyIsHeld) {
  listen(ListenMode::kManual);
  speech(900ms);
  shows("turn on");
  silence(900ms);
  EXPECT_THAT(take_log(), IsEmpty());
}

TEST_F(SpeechCaptureTest, IgnoresWordsOfTheUtteranceBefore) {
  listen(ListenMode::kRealtime);
  asr_.hold_results();
  speech(900ms);
  silence(660ms);
  EXPECT_THAT(take_log(), ElementsAre("end 1"));
  asr_.shows("late words");
  speech(900ms);
  silence(240ms);
  EXPECT_THAT(take_log(), IsEmpty());
}

TEST_F(SpeechCaptureTest, WaitsLongerForWordsThatLookUnfinished) {
  listen();
  speech(900ms);
  shows("turn on the");
  silence(900ms);
  EXPECT_THAT(take_log(), IsEmpty()) << "more is to come";
  silence(60ms);
  EXPECT_THAT(take_log(), ElementsAre("pause: turn on the 1"));
  silence(120ms);
  EXPECT_THAT(take_log(), ElementsAre("end 1", "transcript 1"));
}

TEST_F(SpeechCaptureTest, WaitsLessForWordsThatLookFinished) {
  listen();
  speech(900ms);
  shows("What time is it?");
  silence(480ms);
  EXPECT_THAT(take_log(), ElementsAre("pause: What time is it? 1"));
  silence(120ms);
  EXPECT_THAT(take_log(), ElementsAre("end 1", "transcript 1"));
}

TEST_F(SpeechCaptureTest, WaitsTheNominalSilenceWhenNobodyKnowsTheWords) {
  listen();
  speech(900ms);
  silence(600ms);
  EXPECT_THAT(take_log(), IsEmpty());
  silence(60ms);
  EXPECT_THAT(take_log(), ElementsAre("end 1", "transcript 1"));
}

TEST_F(SpeechCaptureTest, WaitsLessForASpeakerOfShortPauses) {
  listen();
  speech(600ms);
  for (int i = 0; i < 15; ++i) {
    silence(300ms);
    speech(300ms);
  }
  silence(540ms);
  EXPECT_THAT(take_log(), ElementsAre("end 1", "transcript 1"));
}

TEST_F(SpeechCaptureTest, WaitsLongerForAUserWhomItCutOff) {
  listen(ListenMode::kRealtime);
  speech(900ms);
  silence(900ms);
  speech(900ms);
  take_log();
  silence(660ms);
  EXPECT_THAT(take_log(), IsEmpty());
  silence(120ms);
  EXPECT_THAT(take_log(), ElementsAre("end 2", "transcript 2"));
}

TEST_F(SpeechCaptureTest, TellsWhenSpeechEnded) {
  listen();
  speech(900ms);
  const SteadyTime last = clock_.now();
  silence(900ms);
  ASSERT_TRUE(end_);
  EXPECT_EQ(end_->why, Endpoint::kSpeechEnded);
  EXPECT_LE(last - end_->speech_ended_at, 0ms) << "Opus rings on for a frame";
  EXPECT_LE(end_->speech_ended_at - last, kCapturePacket);
}

}  // namespace
}  // namespace earshot::worker
