#include "worker/providers/asr/sherpa_asr.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "tests/fakes/providers/sherpa_fake.h"
#include "tests/unit/worker/providers/asr/recogniser_test.h"
#include "worker/providers/sherpa/engine_threads.h"

namespace earshot::worker {
namespace {

class SherpaAsrTest : public RecogniserTest {
 protected:
  SherpaAsrTest() { std::filesystem::create_directories(folder_); }
  ~SherpaAsrTest() override {
    script_.gate.open();
    sherpa::EngineThreads::await_retired();
    std::filesystem::remove_all(folder_);
  }

  std::unique_ptr<AsrProvider> make(std::string_view family) {
    settings_.model = fakes::model_in(folder_, sherpa::asr_families(), family);
    return std::move(make_sherpa_asr(settings_, library_)).value();
  }
  static std::vector<std::int16_t> audio(int ms) {
    return std::vector<std::int16_t>(static_cast<std::size_t>(ms) * 16, 1000);
  }

  const std::string folder_ = testing::TempDir() + "sherpa_asr_" + std::to_string(::getpid());
  fakes::SherpaScript script_;
  fakes::SherpaFake library_{script_};
  SherpaAsrSettings settings_;
};

TEST_F(SherpaAsrTest, ReadsAWholeUtteranceAtItsEnd) {
  const auto asr = make("sense_voice");
  const Heard heard = hear(*asr);
  EXPECT_EQ(heard.final->value().text, "1000 ms");
  EXPECT_TRUE(heard.interim.empty());
  EXPECT_EQ(script_.inferences, 1);
}

TEST_F(SherpaAsrTest, ReadsAStreamWhileTheUserSpeaks) {
  const auto asr = make("streaming_transducer");
  Heard heard;
  const auto stream = open(*asr, heard);
  stream->write(audio(500));
  run_until([&] { return heard.interim.size() == 1; });
  stream->write(audio(100));
  stream->write(audio(400));
  run_until([&] { return heard.interim.size() == 2; });
  EXPECT_EQ(heard.interim, (std::vector<std::string>{"word", "word word"}));
  EXPECT_FALSE(heard.final.has_value());
  stream->finish();
  run_until([&] { return heard.final.has_value(); });
  EXPECT_EQ(heard.final->value().text, "word word end");
  EXPECT_EQ(heard.finals, 1);
}

TEST_F(SherpaAsrTest, LosesNothingOfAStreamThatComesFasterThanItIsRead) {
  const auto asr = make("streaming_paraformer");
  script_.gate.close();
  Heard heard;
  const auto stream = open(*asr, heard);
  for (int i = 0; i < 40; ++i) stream->write(audio(50));
  stream->finish();
  script_.gate.open();
  run_until([&] { return heard.final.has_value(); });
  EXPECT_EQ(heard.final->value().text, "word word word word end");
}

TEST_F(SherpaAsrTest, ReadsAWholeUtteranceInThePauseThatEndsIt) {
  const auto asr = make("sense_voice");
  Heard heard;
  const auto stream = open(*asr, heard);
  stream->write(audio(1000));
  stream->pause();
  run_until([&] { return heard.interim.size() == 1; });
  EXPECT_EQ(heard.interim.front(), "1000 ms");
  stream->write(audio(400));  // of silence
  stream->finish();
  run_until([&] { return heard.final.has_value(); });
  EXPECT_EQ(heard.final->value().text, "1000 ms");
  EXPECT_EQ(script_.inferences, 1);
}

TEST_F(SherpaAsrTest, TakesTheReadingOfThePauseWhenTheEndComesFirst) {
  const auto asr = make("sense_voice");
  script_.gate.close();
  Heard heard;
  const auto stream = open(*asr, heard);
  stream->write(audio(1000));
  stream->pause();
  stream->finish();
  script_.gate.open();
  run_until([&] { return heard.final.has_value(); });
  EXPECT_EQ(heard.final->value().text, "1000 ms");
  EXPECT_EQ(heard.finals, 1);
  EXPECT_EQ(script_.inferences, 1);
}

TEST_F(SherpaAsrTest, ReadsAgainWhenTheUserGoesOnAfterThePause) {
  const auto asr = make("sense_voice");
  for (const bool read_in_time : {true, false}) {
    script_.gate.close();
    Heard heard;
    const auto stream = open(*asr, heard);
    stream->write(audio(1000));
    stream->pause();
    if (read_in_time) {
      script_.gate.open();
      run_until([&] { return heard.interim.size() == 1; });
    }
    stream->resume();
    stream->write(audio(1000));
    stream->finish();
    script_.gate.open();
    run_until([&] { return heard.final.has_value(); });
    EXPECT_EQ(heard.final->value().text, "2000 ms");
    EXPECT_EQ(heard.finals, 1);
  }
}

TEST_F(SherpaAsrTest, ReadsTheNextPauseThoughTheLastOneWasStillBeingRead) {
  const auto asr = make("sense_voice");
  script_.gate.close();
  Heard heard;
  const auto stream = open(*asr, heard);
  stream->write(audio(1000));
  stream->pause();
  while (script_.running == 0) std::this_thread::yield();
  stream->resume();
  stream->write(audio(500));
  stream->pause();
  script_.gate.open();
  run_until([&] { return heard.interim.size() == 1; });
  EXPECT_EQ(heard.interim.front(), "1500 ms");
}

TEST_F(SherpaAsrTest, DoesNotReadForAPauseThatIsOverBeforeItsTurnComes) {
  const auto asr = make("sense_voice");
  script_.gate.close();
  Heard first;
  Heard second;
  const auto reading = open(*asr, first);
  const auto waiting = open(*asr, second);
  for (AsrStream* stream : {reading.get(), waiting.get()}) {
    stream->write(audio(1000));
    stream->pause();
  }
  waiting->resume();
  script_.gate.open();
  run_until([&] { return first.interim.size() == 1; });
  waiting->write(audio(1000));
  waiting->finish();
  run_until([&] { return second.final.has_value(); });
  EXPECT_EQ(second.final->value().text, "2000 ms");
  EXPECT_EQ(script_.inferences, 2);
}

TEST_F(SherpaAsrTest, EarlyReadingsDoNotQueueBehindEachOther) {
  const auto asr = make("sense_voice");
  script_.gate.close();
  std::vector<Heard> heard(6);
  std::vector<std::unique_ptr<AsrStream>> streams;
  for (Heard& each : heard) {
    streams.push_back(open(*asr, each));
    streams.back()->write(audio(1000));
    streams.back()->pause();
  }
  script_.gate.open();
  run_until([&] { return heard[1].interim.size() == 1; });
  EXPECT_EQ(script_.inferences, 2) << "one is read and one waits; the rest are read at their end";
  for (const auto& stream : streams) stream->finish();
  run_until([&] { return std::ranges::all_of(heard, [](const Heard& each) { return each.finals == 1; }); });
  EXPECT_EQ(script_.inferences, 6) << "each once";
}

TEST_F(SherpaAsrTest, TellsTheSameWordsAgainInTheNextPause) {
  settings_.max_utterance = Milliseconds(1000);  // so that more audio is no more text
  const auto asr = make("sense_voice");
  Heard heard;
  const auto stream = open(*asr, heard);
  for (std::size_t pause = 1; pause <= 2; ++pause) {
    stream->write(audio(1000));
    stream->pause();
    run_until([&] { return heard.interim.size() == pause; });
    stream->resume();
  }
  EXPECT_EQ(heard.interim, (std::vector<std::string>{"1000 ms", "1000 ms"}));
}

TEST_F(SherpaAsrTest, InventsNoWordsForLessThanAnUtterance) {
  const auto asr = make("whisper");
  Heard heard;
  const auto stream = open(*asr, heard);
  stream->write(audio(299));
  stream->finish();
  run_until([&] { return heard.final.has_value(); });
  EXPECT_EQ(heard.final->value().text, "");
  EXPECT_EQ(script_.inferences, 0);
}

TEST_F(SherpaAsrTest, HearsNoMoreThanTheLongestUtterance) {
  settings_.max_utterance = Milliseconds(2000);
  const auto asr = make("paraformer");
  Heard heard;
  const auto stream = open(*asr, heard);
  stream->write(audio(1900));
  stream->write(audio(1900));
  stream->finish();
  run_until([&] { return heard.final.has_value(); });
  EXPECT_EQ(script_.longest_samples, 32000U);
}

TEST_F(SherpaAsrTest, TellsAFailureAfterTheEndAndOnce) {
  script_.failure = Error{ErrorCode::kInternal, "out of memory"};
  const auto asr = make("streaming_transducer");
  Heard heard;
  const auto stream = open(*asr, heard);
  stream->write(audio(500));
  run_until([&] { return script_.inferences == 1 && script_.running == 0; });
  io_.restart();
  io_.run();
  EXPECT_FALSE(heard.final.has_value());
  stream->write(audio(500));
  stream->finish();
  run_until([&] { return heard.final.has_value(); });
  EXPECT_EQ(heard.final->error().message, "out of memory");
  EXPECT_EQ(heard.finals, 1);
}

TEST_F(SherpaAsrTest, IsSilentAfterCancelEvenWhileAnEngineReads) {
  const auto asr = make("sense_voice");
  script_.gate.close();
  Heard heard;
  const auto stream = open(*asr, heard);
  stream->write(audio(1000));
  stream->finish();
  while (script_.running == 0) std::this_thread::yield();
  stream->cancel();
  script_.gate.open();
  hear(*asr);  // its engine is free again
  EXPECT_EQ(heard.finals, 0);
}

TEST_F(SherpaAsrTest, DoesNotReadWhatWasCancelledWhileItWaited) {
  const auto asr = make("sense_voice");
  script_.gate.close();
  Heard first;
  Heard second;
  const auto reading = open(*asr, first);
  auto waiting = open(*asr, second);
  for (AsrStream* stream : {reading.get(), waiting.get()}) {
    stream->write(audio(1000));
    stream->finish();
  }
  waiting.reset();
  script_.gate.open();
  run_until([&] { return first.final.has_value(); });
  hear(*asr);
  EXPECT_EQ(script_.inferences, 2);
  EXPECT_EQ(second.finals, 0);
}

TEST_F(SherpaAsrTest, ReadsAsManyAtOnceAsItMayAndTheRestInOrder) {
  settings_.parallel = 2;
  const auto asr = make("sense_voice");
  script_.gate.close();
  std::vector<Heard> heard(6);
  std::vector<std::unique_ptr<AsrStream>> streams;
  for (Heard& each : heard) {
    streams.push_back(open(*asr, each));
    streams.back()->write(audio(1000));
    streams.back()->finish();
  }
  while (script_.running < 2) std::this_thread::yield();
  script_.gate.open();
  run_until([&] { return std::ranges::all_of(heard, [](const Heard& each) { return each.finals == 1; }); });
  EXPECT_EQ(script_.most_running, 2);
}

TEST_F(SherpaAsrTest, LeavesAStreamUnheardThatOutlivesIt) {
  auto asr = make("streaming_transducer");
  Heard heard;
  const auto stream = open(*asr, heard);
  stream->write(audio(500));
  asr.reset();
  stream->write(audio(500));
  stream->finish();
  io_.run();
  EXPECT_EQ(heard.finals, 0);
}

TEST_F(SherpaAsrTest, ItsEndWaitsForNothing) {
  auto asr = make("sense_voice");
  script_.gate.close();
  Heard heard;
  auto stream = open(*asr, heard);
  stream->write(audio(1000));
  stream->finish();
  while (script_.running == 0) std::this_thread::yield();
  stream.reset();
  asr.reset();  // returns although the utterance is being read
  EXPECT_EQ(script_.running, 1);
  script_.gate.open();
  sherpa::EngineThreads::await_retired();
  EXPECT_EQ(script_.running, 0);
}

TEST_F(SherpaAsrTest, IsRefusedWhenTheModelIsMissingOrBroken) {
  script_.load_failure = Error{ErrorCode::kInternal, "broken"};
  settings_.model = fakes::model_in(folder_, sherpa::asr_families(), "whisper");
  EXPECT_EQ(make_sherpa_asr(settings_, library_).error().message, "broken");
  settings_.model.files["tokens"] = folder_ + "/nowhere.txt";
  EXPECT_EQ(make_sherpa_asr(settings_, library_).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace earshot::worker
