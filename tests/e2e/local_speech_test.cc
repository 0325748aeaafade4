// The worker's own ears with the engines of the models folder: free speech, commands, and rooms where nobody speaks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "common/audio/wav.h"
#include "tests/e2e/sim_run.h"
#include "tests/fakes/noise_maker.h"
#include "tests/fakes/providers/models_dir.h"
#include "tests/fakes/providers/openai_llm_fake.h"

namespace earshot::e2e {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class LocalSpeechTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto folder = worker::fakes::models_dir();
    if (!folder) GTEST_SKIP() << worker::fakes::kNoModels;
    models_ = "models_dir: " + *folder + "\n";
  }
  std::string with_model() const {
    return models_ + "llm:\n  selected: remote\n  providers:\n    remote: {type: openai, base_url: \"" +
           llm_.base_url() + "\", model_name: m}\n";
  }

  std::string models_;
  std::atomic<int> asked_{0};
  // Knows one thing, and only when it is asked in words.
  fakes::OpenAiLlmFake llm_{[this](const std::string& body) -> fakes::LlmReply {
    ++asked_;
    if (body.find("apital of Australia") != std::string::npos) return {.tokens = {"It is", " Canberra."}};
    return {.tokens = {"I heard", " something else."}};
  }};
};

TEST_F(LocalSpeechTest, AFreeSentenceReachesTheModelInItsWords) {
  const System running({.workers = 1, .worker_config = with_model()});
  const SimResult result = talk(running, {"--mode", "auto", "--say", "What is the capital of Australia?"});
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_THAT(result.violations(), IsEmpty()) << result.told;
  EXPECT_THAT(result.transcripts(), ElementsAre(HasSubstr("capital of Australia")));
  EXPECT_THAT(result.replies(), Contains("It is Canberra."));
}

TEST_F(LocalSpeechTest, ACommandIsHeardWordForWordAndDone) {
  const System running({.workers = 1, .worker_config = models_});
  const SimResult result = talk(running, {"--mode", "auto", "--say", "set the volume to fifty percent"});
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_THAT(result.transcripts(), ElementsAre("set the volume to fifty percent"))
      << "the grammar's words, not \"50%\"";
  EXPECT_EQ(result.volume(), 50) << result.told;
}

TEST_F(LocalSpeechTest, ARoomWhereNobodySpeaksMakesNoTurn) {
  Pcm room;
  for (const fakes::RoomSound sound : fakes::kRoomSounds) {
    const Pcm part = fakes::room_sound(sound, 2, 9);
    room.samples.insert(room.samples.end(), part.samples.begin(), part.samples.end());
  }
  const std::string wav = scratch_folder() + "/room.wav";
  ASSERT_TRUE(write_wav_file(wav, room));
  const System running({.workers = 1, .worker_config = with_model()});
  const SimResult result = talk(running, {"--mode", "realtime", "--wav", wav, "--timeout", "26"});
  EXPECT_EQ(result.exit_code, 1) << "nobody answers; " << result.told;
  EXPECT_THAT(result.violations(), IsEmpty()) << result.told;
  EXPECT_THAT(result.transcripts(), IsEmpty());
  EXPECT_THAT(result.replies(), IsEmpty());
  EXPECT_EQ(asked_, 0);
}

}  // namespace
}  // namespace earshot::e2e
