// OpenAI's own client against whole systems (docs/protocol_realtime.md): real gateway, worker, engines and voice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/e2e/realtime_client.h"
#include "tests/e2e/scripted_hearing.h"
#include "tests/e2e/system.h"
#include "tests/fakes/test_certificate.h"

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
    std::ifstream file(system.data() + "/data/secrets/admin.token");
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

// The package of npm speaks nothing but wss.
TEST(RealtimeNodeClientTest, CallsAFunctionAndHearsTheAnswer) {
  const std::string clients = installed_client("node");
  if (clients.empty()) GTEST_SKIP() << "npm, or its registry, is out of reach";
  const std::string folder = scratch_folder();
  const fakes::TestCertificate own = fakes::make_certificate("localhost");
  std::ofstream(folder + "/cert.pem") << own.certificate;
  std::ofstream(folder + "/key.pem") << own.key;
  const System system({.workers = 1,
                       .gateway_settings = {"http.tls.certificate=" + folder + "/cert.pem",
                                            "http.tls.key=" + folder + "/key.pem"}});
  std::string key;
  std::ifstream file(system.data() + "/data/secrets/admin.token");
  std::getline(file, key);
  const std::string out = folder + "/node.json";
  const std::string command =
      "node " + std::string(EARSHOT_SOURCE_DIR) + "/tests/e2e/clients/realtime_client.mjs " + clients + " " +
      std::to_string(system.http_port()) + " " + key + " " + folder + "/cert.pem > " + out + " 2>&1";
  const bool ended_well = std::system(command.c_str()) == 0;
  const std::string told = read_file(out);
  ASSERT_TRUE(ended_well) << told;
  EXPECT_THAT(told, HasSubstr("\"status\":\"completed\""));
  const std::size_t from = std::min(told.find('{'), told.size());  // behind what node warns of
  const auto run = json::parse_object(told.substr(from), told.size());
  ASSERT_TRUE(run.ok()) << told;
  const auto given = json::parse_object(json::find_string(*run, "call").value_or(""), 1024);
  ASSERT_TRUE(given.ok()) << told;
  EXPECT_EQ(json::find_int(*given, "volume"), 50) << told;
  EXPECT_THAT(told, Not(HasSubstr("\"audio_bytes\":0,"))) << told;
}

// The terminal client, by voice and with a second turn that interrupts the first.
TEST(RealtimeSimulatorTest, IsAnsweredAndInterrupts) {
  const ScriptedHearing hearing({"what can you do", "what time is it"});
  const System system({.workers = 1, .worker_config = hearing.worker_config()});
  const std::string folder = scratch_folder();
  ChildProcess sim(
      {binary("earshot-sim"), "realtime", "--url",
       "ws://127.0.0.1:" + std::to_string(system.http_port()) + "/v1/realtime", "--key-file",
       system.data() + "/data/secrets/admin.token", "--say", "what can you do", "--say", "what time is it",
       "--barge-in-after", "800", "--json", "-", "--out", folder + "/answer.wav"},
      folder + "/sim.json", folder + "/sim.log");
  const auto code = sim.wait(std::chrono::seconds(120));
  ASSERT_TRUE(code.has_value()) << "it does not end\n" << sim.errors();
  EXPECT_EQ(*code, 0) << sim.errors() << sim.output();
  EXPECT_THAT(sim.output(), HasSubstr("\"interruptions\":1"));
  EXPECT_THAT(sim.output(), HasSubstr("what time is it"));
  const auto heard = read_wav_file(folder + "/answer.wav");
  ASSERT_TRUE(heard.ok());
  EXPECT_GT(heard->samples.size(), 24'000U);
}

}  // namespace
}  // namespace earshot::e2e
