// Language models found by `providers find`, and the lines that use them.
#include "gateway/ctl/model_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/ctl/model_hosts.h"
#include "gateway/ctl/model_server_search.h"
#include "tests/fakes/fake_http_server.h"

namespace earshot::ctl {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kTags = R"({"models":[{"name":"nomic-embed-text"},{"name":"qwen3:8b"}]})";
constexpr const char* kModels = R"({"object":"list","data":[{"id":"google/gemma-3-4b"},{"id":"x"}]})";

TEST(ModelServer, IsReadFromItsListAndUsedInOneLine) {
  const auto ollama = read_model_server(ModelServerKind::kOllama, "http://127.0.0.1:11434", 200, kTags);
  EXPECT_THAT(ollama->models, ElementsAre("qwen3:8b", "nomic-embed-text"));
  EXPECT_EQ(environment_line(*ollama),
            "EARSHOT_LLM_URL=http://127.0.0.1:11434/v1 EARSHOT_LLM_MODEL=qwen3:8b deploy/run.sh");
  EXPECT_EQ(
      yaml_line(*ollama),
      R"(llm: { selected: found, providers: { found: { type: ollama, base_url: "http://127.0.0.1:11434", )"
      R"(model_name: "qwen3:8b" } } })");
  const auto studio = read_model_server(ModelServerKind::kOpenAi, "http://10.0.0.2:1234", 200, kModels);
  EXPECT_THAT(studio->models, ElementsAre("google/gemma-3-4b", "x"));
  EXPECT_EQ(
      yaml_line(*studio),
      R"(llm: { selected: found, providers: { found: { type: openai, base_url: "http://10.0.0.2:1234/v1", )"
      R"(model_name: "google/gemma-3-4b" } } })");
  const auto locked =
      read_model_server(ModelServerKind::kOpenAi, "http://10.0.0.2:8000", 401, R"({"error":"Unauthorized"})");
  EXPECT_TRUE(locked->needs_key);
  EXPECT_EQ(
      environment_line(*locked),
      "EARSHOT_LLM_URL=http://10.0.0.2:8000/v1 EARSHOT_LLM_MODEL=MODEL EARSHOT_LLM_KEY=... deploy/run.sh");
}

TEST(ModelServer, IsNoneWhenSomethingElseAnswers) {
  for (const auto kind : {ModelServerKind::kOllama, ModelServerKind::kOpenAi}) {
    for (const char* body : {"", "<html>", "[]", "{}", R"({"data":7,"models":7})", "null"})
      EXPECT_FALSE(read_model_server(kind, "a", 200, body)) << body;
    EXPECT_FALSE(read_model_server(kind, "a", 404, kTags));
  }
  EXPECT_FALSE(read_model_server(ModelServerKind::kOpenAi, "a", 401, "<html>log in</html>"));
}

TEST(ModelServer, NamesNothingThatAShellOrAFileWouldRun) {
  const auto server = read_model_server(
      ModelServerKind::kOpenAi, "a", 200,
      R"x({"data":[{"id":"$(reboot)"},{"id":"a b"},{"id":"a\"b"},{"id":"a\nb"},{"id":";x"},{"id":"-rf"},{"id":""},)x"
      R"x({"id":7},{}]})x");
  EXPECT_THAT(server->models, IsEmpty());
  std::string many = R"({"data":[{"id":"m"})";
  for (int i = 0; i < 500; ++i) many += R"(,{"id":"m"})";
  EXPECT_EQ(read_model_server(ModelServerKind::kOpenAi, "a", 200, many + "]}")->models.size(), kMaxModels);
}

TEST(ModelHosts, AreThePrivateNetworkOfThisMachineOnly) {
  const auto network = own_network("192.168.7.9");
  EXPECT_EQ(network->name, "192.168.7.0/24");
  EXPECT_EQ(network->hosts.size(), 253U);
  EXPECT_THAT(network->hosts, testing::Not(testing::Contains("192.168.7.9")));
  for (const char* mine : {"10.1.2.3", "172.16.0.1", "172.31.255.1"}) EXPECT_TRUE(own_network(mine)) << mine;
  for (const char* other : {"8.8.8.8", "172.32.0.1", "127.0.0.1", "169.254.1.1", "", "x", "fe80::1"})
    EXPECT_FALSE(own_network(other)) << other;
  EXPECT_TRUE(is_plain_host("nas.local"));
  for (const char* bad : {"", "a b", "a/b", "a:1", "-a", "a;b", "$(x)"})
    EXPECT_FALSE(is_plain_host(bad)) << bad;
}

TEST(ModelServerSearch, FindsServersOnAnyOfThePortsAndPassesOverTheRest) {
  fakes::FakeHttpServer ollama;
  ollama.on("GET", "/api/tags", [](const fakes::FakeRequest&, fakes::FakeAnswer& answer) {
    answer.head(200, "application/json");
    answer.send(kTags);
  });
  fakes::FakeHttpServer studio;
  studio.on("GET", "/v1/models", [](const fakes::FakeRequest&, fakes::FakeAnswer& answer) {
    answer.head(200, "application/json");
    answer.send(kModels);
  });
  fakes::FakeHttpServer silent;
  fakes::FakeFault silence;
  silence.first_byte_delay = fakes::Delay(5000);
  silent.set_fault(silence);
  std::uint16_t closed = 0;
  {
    fakes::FakeHttpServer gone;
    closed = gone.port();
  }
  const auto found = find_model_servers({.hosts = {"127.0.0.1"},
                                         .ports = {{closed, ModelServerKind::kOllama},
                                                   {silent.port(), ModelServerKind::kOllama},
                                                   {ollama.port(), ModelServerKind::kOllama},
                                                   {studio.port(), ModelServerKind::kOpenAi},
                                                   {ollama.port(), ModelServerKind::kOpenAi}},
                                         .timeout = Milliseconds(300)});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].address, "http://127.0.0.1:" + std::to_string(ollama.port()));
  EXPECT_THAT(found[1].models, ElementsAre("google/gemma-3-4b", "x"));
  EXPECT_EQ(studio.requests().size(), 1U);
}

}  // namespace
}  // namespace earshot::ctl
