#include "gateway/control/doctor/probes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "tests/fakes/fake_http_server.h"

namespace earshot::gateway {
namespace {

class ProbesTest : public testing::Test {
 protected:
  ProbesTest() { std::filesystem::create_directories(folder_ / "run"); }
  ~ProbesTest() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path write(const std::string& yaml) {
    const auto file = folder_ / "worker.yaml";
    std::ofstream(file) << yaml;
    return file;
  }
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("earshot-doctor." + std::to_string(::getpid()));
};

TEST_F(ProbesTest, ReadsSelectedProvidersAndFallbacksAlone) {
  ::setenv("EARSHOT_TEST_KEY", "x", 1);
  std::string problem;
  const auto found = read_providers(
      write(
          "asr: {selected: groq, fallback: [here], providers: {\n"
          "  groq: {type: openai, url: 'https://api.groq.com/openai/v1', api_key_env: EARSHOT_NO_SUCH_KEY},\n"
          "  here: {type: funasr, url: 'ws://127.0.0.1:10095'}, unused: {type: openai}}}\n"
          "llm: {selected: local}\n"
          "tts: {selected: voice, providers: {voice: {type: edge, api_key_env: EARSHOT_TEST_KEY}}}\n"),
      problem);
  EXPECT_EQ(problem, "");
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].host + ":" + found[0].port, "api.groq.com:443");
  EXPECT_EQ(found[0].key_variable, "EARSHOT_NO_SUCH_KEY");
  EXPECT_FALSE(found[0].key_set);
  EXPECT_EQ(found[1].host + ":" + found[1].port, "127.0.0.1:10095");
  EXPECT_EQ(found[2].host, "");
  EXPECT_TRUE(found[2].key_set);
  ::unsetenv("EARSHOT_TEST_KEY");
}

TEST_F(ProbesTest, AnUnreadableWorkerFileIsAProblemAndNoProvider) {
  std::string problem;
  EXPECT_TRUE(read_providers(folder_ / "none.yaml", problem).empty());
  EXPECT_NE(problem, "");
}

TEST_F(ProbesTest, SeesWhatAnswersAndWhatDoesNot) {
  fakes::FakeHttpServer http;
  http.on("POST", "/xiaozhi/ota/", [](const fakes::FakeRequest& request, fakes::FakeAnswer& answer) {
    answer.head(200, "application/json");
    answer.send("{\"to\":\"" + request.headers.at("device-id") + "\"}");
  });
  const ProbePlan plan{
      .data_dir = folder_,
      .worker_config = write("asr: {selected: up, fallback: [down], providers: {up: {url: '" + http.url() +
                             "'}, down: {url: 'http://127.0.0.1:1'}}}\n"),
      .mqtt_host = "127.0.0.1",
      .mqtt_port = 1,
      .http_host = "127.0.0.1",
      .http_port = http.port(),
      .device_key = Secret("key")};
  DoctorFacts facts{.announce = "127.0.0.1"};
  probe(plan, facts);
  EXPECT_EQ(facts.announce_ip, 0x7f000001u);
  EXPECT_EQ(facts.ota_status, 200);
  EXPECT_EQ(facts.ota_body, R"({"to":"02:00:00:00:00:00"})");
  EXPECT_EQ(facts.good_login, LoginOutcome::kNoBroker);
  EXPECT_TRUE(facts.data_writable);
  EXPECT_GT(facts.disk_free_bytes, 0u);
  EXPECT_GT(facts.file_limit, 0u);
  ASSERT_EQ(facts.providers.size(), 2u);
  EXPECT_EQ(facts.providers[0].reach, Reach::kReached);
  EXPECT_EQ(facts.providers[1].reach, Reach::kNoConnection);
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "run")) << "nothing is left behind";
}

}  // namespace
}  // namespace earshot::gateway
