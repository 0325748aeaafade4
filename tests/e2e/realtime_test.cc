// OpenAI's own client against whole systems (docs/protocol_realtime.md): real gateway, worker, engines and voice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/http/http_client.h"
#include "common/json/json.h"
#include "tests/e2e/system.h"

namespace earshot::e2e {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kPackage = "openai[realtime]==3.3.1";

int run_quietly(const std::string& command) {
  return std::system((command + " >/dev/null 2>&1").c_str());
}

// The Python that has the package: EARSHOT_OPENAI_PYTHON, or one that is made here and kept for the next run.
// Empty: the registry is out of reach.
std::string python_with_client() {
  static const std::string python = [] {
    if (const char* given = std::getenv("EARSHOT_OPENAI_PYTHON")) return std::string(given);
    const auto folder = std::filesystem::temp_directory_path() / "earshot-openai-client";
    const std::string found = (folder / "bin/python").string();
    if (run_quietly(found + " -c 'import openai, websockets'") == 0) return found;
    const bool made = run_quietly("python3 -m venv " + folder.string()) == 0 &&
                      run_quietly("timeout 120 " + found + " -m pip install '" + kPackage + "'") == 0;
    return made ? found : std::string();
  }();
  return python;
}

class RealtimeClientTest : public testing::Test {
 protected:
  void SetUp() override {
    if (python_with_client().empty()) GTEST_SKIP() << "PyPI is out of reach: " << kPackage;
  }
  // A question as espeak-ng says it; empty when it is not there.
  static std::string question(const std::string& words) {
    const std::string path = scratch_folder() + "/question.wav";
    return run_quietly("espeak-ng -s 140 -w " + path + " '" + words + "'") == 0 ? path : "";
  }
  json::object talk(const std::string& test_case, const std::string& wav = "", std::string key = {}) {
    if (key.empty()) {
      std::ifstream file(system.data() + "/secrets/admin.token");
      std::getline(file, key);
    }
    const std::string out = scratch_folder() + "/" + test_case + ".json";
    const std::string script = std::filesystem::path(__FILE__).parent_path() / "clients/realtime_client.py";
    const std::string command = python_with_client() + " " + script +
                                " http://127.0.0.1:" + std::to_string(system.http_port()) + " '" + key +
                                "' " + test_case + " " + wav + " > " + out + " 2>&1";
    ended_well = std::system(command.c_str()) == 0;
    std::stringstream told;
    told << std::ifstream(out).rdbuf();
    output = told.str();
    const auto parsed = json::parse_object(output, 1 << 20);
    return parsed ? *parsed : json::object{};
  }

  System system{{.workers = 1}};
  bool ended_well = false;
  std::string output;
};

TEST_F(RealtimeClientTest, ASpokenQuestionIsAnsweredAloud) {
  const std::string wav = question("what can you do");
  if (wav.empty()) GTEST_SKIP() << "espeak-ng is not there";
  const json::object told = talk("vad", wav);
  ASSERT_TRUE(ended_well) << output;
  EXPECT_EQ(told.at("status"), "completed") << output;
  EXPECT_THAT(std::string(told.at("heard").as_string()), HasSubstr("what can you do")) << output;
  EXPECT_GT(told.at("audio_bytes").as_int64(), 24'000) << output;
}

TEST_F(RealtimeClientTest, PushToTalkIsAnswered) {
  const std::string wav = question("what can you do");
  if (wav.empty()) GTEST_SKIP() << "espeak-ng is not there";
  const json::object told = talk("push_to_talk", wav);
  ASSERT_TRUE(ended_well) << output;
  EXPECT_EQ(told.at("status"), "completed") << output;
  EXPECT_GT(told.at("audio_bytes").as_int64(), 24'000) << output;
}

TEST_F(RealtimeClientTest, SpeechInterruptsAReply) {
  const std::string wav = question("what time is it");
  if (wav.empty()) GTEST_SKIP() << "espeak-ng is not there";
  const json::object told = talk("interruption", wav);
  ASSERT_TRUE(ended_well) << output;
  EXPECT_EQ(told.at("truncated_ms").as_int64(), 40) << output;
}

TEST_F(RealtimeClientTest, AFunctionOfTheClientIsCalled) {
  const json::object told = talk("function_call");
  ASSERT_TRUE(ended_well) << output;
  EXPECT_THAT(std::string(told.at("call").as_string()), HasSubstr("50")) << output;
  EXPECT_EQ(told.at("status"), "completed") << output;
}

TEST_F(RealtimeClientTest, AResponseIsCancelled) {
  const json::object told = talk("cancel");
  ASSERT_TRUE(ended_well) << output;
  EXPECT_EQ(told.at("reason"), "client_cancelled") << output;
}

TEST_F(RealtimeClientTest, AWrongKeyIsRefusedAndNotLogged) {
  const std::string key = "ear_nobody_0123456789abcdef";
  (void)talk("cancel", "", key);
  EXPECT_FALSE(ended_well);
  EXPECT_THAT(output, HasSubstr("401"));
  EXPECT_EQ(system.counter("realtime_refused_key"), 1U);
  EXPECT_THAT(system.log(), Not(HasSubstr(key)));
}

}  // namespace
}  // namespace earshot::e2e
