// Two scripted recognisers under one utterance.
#include "worker/providers/asr/local_asr.h"

#include <gtest/gtest.h>

#include "tests/fakes/scripted_stages.h"
#include "tests/unit/worker/providers/asr/recogniser_test.h"
#include "worker/providers/asr/local_choice.h"

namespace earshot::worker {
namespace {

// Sure enough that the model is not asked.
Transcript sure(const std::string& text) {
  return {.text = text, .confidence = kSureCommand + 1};
}
// Taken by the grammar, but not sure.
Transcript taken(const std::string& text) {
  return {.text = text, .confidence = kSureCommand - 1};
}

class LocalAsrTest : public RecogniserTest {
 protected:
  static std::vector<std::int16_t> audio(int ms) {
    return std::vector<std::int16_t>(static_cast<std::size_t>(ms) * 16, 1000);
  }
  void run_all() {
    io_.restart();
    io_.run();
  }

  std::shared_ptr<fakes::ScriptedAsr> commands_ = std::make_shared<fakes::ScriptedAsr>();
  std::shared_ptr<fakes::ScriptedAsr> speech_ = std::make_shared<fakes::ScriptedAsr>();
  std::unique_ptr<AsrProvider> asr_ =
      make_local_asr({.commands = commands_, .speech = speech_}, Milliseconds(10'000));
};

TEST_F(LocalAsrTest, ASureCommandDoesNotWaitForTheModel) {
  commands_->reads(sure("volume up"));
  speech_->hold_results();
  EXPECT_EQ(hear(*asr_).final->value().text, "volume up");
}

TEST_F(LocalAsrTest, WhatFitsNoCommandIsTheModelsText) {
  commands_->rejects();
  speech_->hears("Tell me something about the moon.");
  const Heard heard = hear(*asr_);
  EXPECT_EQ(heard.final->value().text, "Tell me something about the moon.");
  EXPECT_TRUE(heard.final->value().understood);
}

TEST_F(LocalAsrTest, NoWordsAtAllAreAnEmptyText) {
  commands_->rejects();
  speech_->hears("");
  const Heard heard = hear(*asr_);
  EXPECT_EQ(heard.final->value().text, "");
  EXPECT_TRUE(heard.final->value().understood) << "noise, and nobody is told that he was not understood";
}

TEST_F(LocalAsrTest, OneOfTheTwoMayFail) {
  commands_->fails();
  speech_->hears("How are you?");
  EXPECT_EQ(hear(*asr_).final->value().text, "How are you?");
  commands_->reads(taken("stop talking"));
  speech_->fails();
  EXPECT_EQ(hear(*asr_).final->value().text, "stop talking");
  commands_->rejects();
  speech_->fails();
  EXPECT_FALSE(hear(*asr_).final->value().understood) << "as without a model";
  commands_->fails();
  speech_->fails();
  EXPECT_EQ(hear(*asr_).final->error().code, ErrorCode::kInternal);
}

TEST_F(LocalAsrTest, AnotherLanguageIsTheGrammarsAlone) {
  for (const char* language : {"zh-CN", "de", "yue"}) {
    commands_->rejects();
    std::optional<Result<Transcript>> final;
    const auto stream = asr_->open(
        {.language = language}, io_.get_executor(),
        {.on_interim = nullptr, .on_final = [&](Result<Transcript> read) { final = std::move(read); }});
    stream->write(audio(1000));
    stream->finish();
    run_all();
    EXPECT_FALSE(final->value().understood) << language;
  }
  EXPECT_EQ(speech_->opened(), 0);
}

TEST_F(LocalAsrTest, BothReadInThePauseThatEndsTheUtterance) {
  commands_->rejects();
  speech_->hears("What is a comet?");
  Heard heard;
  const auto stream = open(*asr_, heard);
  stream->write(audio(1000));
  stream->pause();
  speech_->shows("What is a comet?");
  run_all();
  EXPECT_EQ(heard.interim, std::vector<std::string>{"What is a comet?"});
  stream->write(audio(400));  // of silence
  stream->finish();
  run_all();
  EXPECT_EQ(heard.final->value().text, "What is a comet?");
  EXPECT_EQ(heard.finals, 1);
  EXPECT_EQ(commands_->opened(), 1);
  EXPECT_EQ(commands_->samples(), 16'000U) << "the silence is not its business";
}

TEST_F(LocalAsrTest, ASureCommandIsToldInThePauseBeforeTheModelHasReadIt) {
  commands_->reads(sure("set the volume to fifty percent"));
  speech_->hold_results();
  Heard heard;
  const auto stream = open(*asr_, heard);
  stream->write(audio(1000));
  stream->pause();
  run_all();
  EXPECT_EQ(heard.interim, std::vector<std::string>{"set the volume to fifty percent"});
  speech_->shows("Set the volume to 50%.");
  stream->finish();
  run_all();
  EXPECT_EQ(heard.interim.size(), 1U);
  EXPECT_EQ(heard.final->value().text, "set the volume to fifty percent");
}

TEST_F(LocalAsrTest, TheGrammarHearsItAllAgainWhenTheUserGoesOn) {
  commands_->reads(sure("volume up"));
  commands_->rejects();
  speech_->hears("Volume up the music that we listened to.");
  Heard heard;
  const auto stream = open(*asr_, heard);
  stream->write(audio(1000));
  stream->pause();
  run_all();
  stream->write(audio(200));
  stream->resume();
  stream->write(audio(800));
  EXPECT_EQ(commands_->opened(), 2);
  EXPECT_EQ(commands_->samples(), 32'000U);
  stream->finish();
  run_all();
  EXPECT_EQ(heard.final->value().text, "Volume up the music that we listened to.");
}

TEST_F(LocalAsrTest, WhatWasReadInAPauseThatIsOverIsNotTold) {
  commands_->reads(taken("volume up"));
  commands_->hold_results();
  Heard heard;
  const auto stream = open(*asr_, heard);
  stream->write(audio(1000));
  stream->pause();
  speech_->shows("Volume up");
  stream->resume();
  commands_->release_results();
  run_all();
  EXPECT_TRUE(heard.interim.empty());
}

TEST_F(LocalAsrTest, TheSameWordsAreToldAgainInTheNextPause) {
  commands_->reads(sure("volume up"));
  commands_->reads(sure("volume up"));
  Heard heard;
  const auto stream = open(*asr_, heard);
  for (int pause = 0; pause < 2; ++pause) {
    stream->write(audio(1000));
    stream->pause();
    run_all();
    stream->resume();
  }
  EXPECT_EQ(heard.interim, (std::vector<std::string>{"volume up", "volume up"}));
}

TEST_F(LocalAsrTest, TheGrammarReadsWithinItsBudgetHoweverOftenTheUserPauses) {
  Heard heard;
  const auto stream = open(*asr_, heard);
  stream->write(audio(1000));
  for (int pause = 0; pause < 20; ++pause) {
    commands_->rejects();
    stream->pause();
    run_all();
    stream->resume();
    stream->write(audio(10));
  }
  EXPECT_LE(commands_->opened(), 5) << "three readings of hardly more, and the one that goes on";
  speech_->hears("Well, you know.");
  commands_->rejects();
  stream->finish();
  run_all();
  EXPECT_EQ(heard.finals, 1);
}

TEST_F(LocalAsrTest, HearsNoMoreThanTheLongestUtterance) {
  Heard heard;
  const auto stream = open(*asr_, heard);
  for (int i = 0; i < 12; ++i) stream->write(audio(1000));
  EXPECT_EQ(commands_->samples(), 160'000U);
  EXPECT_EQ(speech_->samples(), 160'000U);
}

TEST_F(LocalAsrTest, IsSilentAfterCancel) {
  Heard heard;
  const auto stream = open(*asr_, heard);
  stream->write(audio(1000));
  stream->finish();
  stream->cancel();
  run_all();
  EXPECT_EQ(heard.finals, 0);
}

TEST_F(LocalAsrTest, ACallbackMayDestroyTheStream) {
  for (const bool interim : {true, false}) {
    commands_->reads(sure("volume up"));
    std::unique_ptr<AsrStream> stream;
    int called = 0;
    const auto end = [&] {
      ++called;
      stream.reset();
    };
    stream = asr_->open({}, io_.get_executor(),
                        {.on_interim =
                             [&](const std::string&) {
                               if (interim) end();
                             },
                         .on_final = [&](const Result<Transcript>&) { end(); }});
    stream->write(audio(1000));
    if (interim) {
      stream->pause();
    } else {
      stream->finish();
    }
    run_all();
    EXPECT_EQ(called, 1);
  }
}

TEST_F(LocalAsrTest, ItsStreamMayOutliveIt) {
  commands_->reads(sure("volume up"));
  Heard heard;
  const auto stream = open(*asr_, heard);
  asr_.reset();
  stream->write(audio(1000));
  stream->finish();
  run_all();
  EXPECT_EQ(heard.final->value().text, "volume up");
}

}  // namespace
}  // namespace earshot::worker
