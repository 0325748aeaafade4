// Remote services behind the real processes:
// a whole turn through them, and what the user hears when they fail.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/sim_run.h"
#include "tests/fakes/providers/asr_fakes.h"
#include "tests/fakes/providers/openai_llm_fake.h"
#include "tests/fakes/providers/tts_fakes.h"

namespace earshot::e2e {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Sets the volume when it is told to, and says what became of it.
fakes::LlmReply volume_assistant(const std::string& body) {
  if (body.find(R"("role":"tool")") != std::string::npos) return {.tokens = {"The volume", " is set."}};
  if (body.find("volume to forty") != std::string::npos) {
    return {.calls = {{.name = "self_audio_speaker_set_volume", .arguments = R"({"volume":40})"}}};
  }
  return {.tokens = {"I can", " only set", " the volume."}};
}

class RemoteServicesTest : public testing::Test {
 protected:
  RemoteServicesTest() {
    asr_->set_play({.segments = {"set the volume to forty"}, .final_delay = fakes::Delay(80)});
  }
  std::string stage(const std::string& name, const std::string& provider) const {
    return name +
           ":\n  selected: remote\n  provider_timeout_ms: 3000\n  providers:\n    remote: " + provider + "\n";
  }
  std::string remote_asr() const {
    return stage("asr", "{type: funasr, url: \"" + asr_->server().url() + "\"}");
  }
  std::string remote_llm() const {
    return stage("llm", "{type: openai, base_url: \"" + llm_.base_url() + "\", model_name: m}");
  }
  std::string remote_tts() const {
    return stage("tts", "{type: openai, url: \"" + tts_.url() + "\", model: m, voice: v}");
  }

  std::unique_ptr<fakes::AsrFake> asr_ = fakes::make_funasr_fake();
  fakes::OpenAiLlmFake llm_{volume_assistant, {.first_token = fakes::Delay(300)}};
  fakes::HttpSpeechFake tts_{"/v1/audio/speech"};
};

TEST_F(RemoteServicesTest, AWholeTurnGoesThroughThem) {
  tts_.plan({.first_byte = fakes::Delay(120), .length = fakes::Delay(1000)});
  const System running({.workers = 1, .worker_config = remote_asr() + remote_llm() + remote_tts()});
  const SimResult result = talk(running, {"--mode", "auto", "--say", "whatever the service hears"});
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_THAT(result.violations(), IsEmpty()) << result.told;
  EXPECT_THAT(result.transcripts(), ElementsAre(HasSubstr("volume to forty")));
  EXPECT_EQ(result.volume(), 40) << result.told;
  EXPECT_THAT(result.replies(), Contains("The volume is set."));
  EXPECT_THAT(tts_.texts(), Contains("The volume is set."));
  EXPECT_THAT(running.log(), HasSubstr("speculation=used"))
      << "the brain was asked while the user fell silent";
}

TEST_F(RemoteServicesTest, AWrongKeyIsNamedInTheLogAndTheEmbeddedBrainAnswers) {
  llm_.server().set_fault({.status = 401, .body = R"({"error":{"message":"Incorrect API key provided"}})"});
  asr_->set_play({.segments = {"set the volume to fifty percent"}});
  const System running({.workers = 1, .worker_config = remote_asr() + remote_llm()});
  const SimResult result = talk(running, {"--mode", "auto", "--say", "set the volume to fifty percent"});
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_EQ(result.volume(), 50) << result.told;
  EXPECT_THAT(running.log(), HasSubstr("401 Unauthorized: check the key"));
}

TEST_F(RemoteServicesTest, AVoiceThatIsSilentIsReplacedInTheSameTurn) {
  tts_.plan({.fault = fakes::SpeechFault::kSilent});
  asr_->set_play({.segments = {"what time is it"}});
  const System running({.workers = 1, .worker_config = remote_asr() + remote_tts()});
  const SimResult result = talk(running, {"--mode", "auto", "--say", "what time is it"});
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_THAT(result.violations(), IsEmpty()) << result.told;
  EXPECT_THAT(result.replies(), Contains(HasSubstr("It is")));
  EXPECT_THAT(tts_.texts(), Not(IsEmpty())) << "it was asked";
}

TEST_F(RemoteServicesTest, ARecogniserThatStallsIsReplacedByTheEmbeddedOneWhichHearsTheSameWords) {
  asr_->set_play({.segments = {"x"}, .fault = fakes::AsrFault::kStallsAtEnd});
  const System running({.workers = 1, .worker_config = remote_asr()});
  const SimResult result = talk(running, {"--mode", "auto", "--say", "set the volume to fifty percent"});
  EXPECT_EQ(result.exit_code, 0) << result.told;
  EXPECT_THAT(result.violations(), IsEmpty()) << result.told;
  EXPECT_EQ(result.volume(), 50) << result.told;
}

}  // namespace
}  // namespace earshot::e2e
