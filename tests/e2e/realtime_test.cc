// OpenAI's own client against whole systems (docs/protocol_realtime.md): real gateway, worker, engines and voice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/realtime_client.h"
#include "tests/e2e/system.h"

namespace earshot::e2e {
namespace {

using testing::HasSubstr;
using testing::Not;

class RealtimeClientTest : public testing::Test {
 protected:
  void SetUp() override {
    if (python_with_openai().empty()) GTEST_SKIP() << "PyPI is out of reach: " << kOpenaiPackage;
  }
  std::string token() const {
    std::string key;
    std::ifstream file(system.data() + "/secrets/admin.token");
    std::getline(file, key);
    return key;
  }

  System system{{.workers = 1}};
};

TEST_F(RealtimeClientTest, ASpokenQuestionIsAnsweredAloud) {
  const std::string wav = spoken_question(scratch_folder(), "what can you do");
  const RealtimeRun run = run_realtime_client(scratch_folder(), system.http_port(), token(), "vad", wav);
  ASSERT_TRUE(run.ended_well) << run.output;
  EXPECT_EQ(run.told.at("status"), "completed") << run.output;
  EXPECT_GT(run.told.at("audio_bytes").as_int64(), 24'000) << run.output;
}

TEST_F(RealtimeClientTest, AWrongKeyIsRefusedAndNotLogged) {
  const std::string key = "ear_nobody_0123456789abcdef";
  const RealtimeRun run = run_realtime_client(scratch_folder(), system.http_port(), key, "cancel");
  EXPECT_FALSE(run.ended_well);
  EXPECT_THAT(run.output, HasSubstr("401"));
  EXPECT_EQ(system.counter("realtime_refused_key"), 1U);
  EXPECT_THAT(system.log(), Not(HasSubstr(key)));
}

}  // namespace
}  // namespace earshot::e2e
