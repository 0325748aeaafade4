// Services that keep the dialogue themselves, in a real conversation: two turns and a tool. They play on loopback;
// waits are bounded, events decide.
#include "tests/fakes/providers/coze_llm_fake.h"
#include "tests/fakes/providers/dify_llm_fake.h"
#include "tests/fakes/providers/fastgpt_llm_fake.h"
#include "tests/unit/worker/conversation/conversation_fixture.h"
#include "worker/providers/llm/llm_factory.h"

namespace earshot::worker {
namespace {

using fakes::LlmReply;

class RememberingServicesTest : public ConversationTest {
 protected:
  template <class Settings>
  void converse_with(Settings settings, const std::string& url) {
    settings.service.base_url = url;
    service = std::move(make_llm(settings, {io, pool, http, clock})).value();
    ipc::SessionOpen session;
    session.set_session_id("s1");
    session.set_device_id("aa:bb:cc:dd:ee:ff");
    session.mutable_uplink()->set_sample_rate_hz(16000);
    session.mutable_uplink()->set_frame_duration_ms(60);
    session.mutable_downlink()->set_sample_rate_hz(24000);
    session.mutable_downlink()->set_frame_duration_ms(60);
    session.set_device_mcp(true);
    session.set_language("en-US");
    const ConversationServices usual = services();
    auto made = Conversation::create(config,
                                     {.vad = usual.vad,
                                      .asr = usual.asr,
                                      .brain = *service,
                                      .tts = usual.tts,
                                      .tools = usual.tools,
                                      .clock = usual.clock,
                                      .counters = usual.counters,
                                      .executor = usual.executor,
                                      .make_strand = usual.make_strand},
                                     session, sink());
    ASSERT_TRUE(made.ok());
    conversation = *made;
    conversation->start();
    run();
    reply_mcp(R"({"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"self.volume"}]}})");
  }
  // Until the device has heard the turn; its tool says "set" whenever it is called.
  void turn(const std::string& words) {
    const std::size_t turns = ends();
    type(words);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (ends() == turns && std::chrono::steady_clock::now() < deadline) {
      io.restart();
      io.run_one_for(Milliseconds(20));
      if (mcp_requests.size() <= answered) continue;
      answered = mcp_requests.size();
      reply_mcp(R"({"jsonrpc":"2.0","id":)" + std::to_string(mcp_id()) +
                R"(,"result":{"content":[{"type":"text","text":"set"}],"isError":false}})");
    }
    ASSERT_GT(ends(), turns) << words;
    played(ipc::PlayoutReport::kFinished, static_cast<std::uint32_t>(ends()));
  }
  std::size_t ends() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(log, [](const std::string& line) { return line.starts_with("end "); }));
  }
  std::size_t device_calls() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        mcp_requests, [](const std::string& one) { return one.find("tools/call") != std::string::npos; }));
  }
  static std::vector<std::string> bodies(fakes::FakeHttpServer& server) {
    std::vector<std::string> all;
    for (const auto& request : server.requests()) all.push_back(request.body);
    return all;
  }

  asio::thread_pool pool{1};
  HttpClient http{io};
  std::unique_ptr<LlmProvider> service;
  std::size_t answered = 2;  // initialize and tools/list
};

TEST_F(RememberingServicesTest, DifyKnowsTheConversationAndTheDevice) {
  fakes::DifyLlmFake fake([](const std::string& body) {
    if (body.find("answered: set") != std::string::npos) return LlmReply{.tokens = {"It is set."}};
    if (body.find("louder") == std::string::npos) return LlmReply{.tokens = {"Hello."}};
    return LlmReply{.tokens = {R"(<tool_call>{"name":"self_volume","arguments":{}}</tool_call>)"}};
  });
  converse_with(DifySettings{}, fake.base_url());
  turn("hello");
  turn("louder");
  EXPECT_EQ(device_calls(), 1U);
  EXPECT_THAT(log, Contains("sentence 1 It is set."));
  const auto asked = bodies(fake.server());
  ASSERT_THAT(asked, SizeIs(3));
  EXPECT_THAT(asked[0], HasSubstr(R"("conversation_id":"")"));
  EXPECT_THAT(asked[1], HasSubstr(R"("conversation_id":"conv1")"));
  EXPECT_THAT(asked[2], HasSubstr(R"("conversation_id":"conv1")"));
  for (const std::string& body : asked) EXPECT_THAT(body, HasSubstr(R"("user":"aa:bb:cc:dd:ee:ff")"));
  service.reset();
}

TEST_F(RememberingServicesTest, CozeKeepsItsConversationAndCallsAToolOnce) {
  fakes::CozeLlmFake fake([](const std::string& body) {
    if (body.find("tool_outputs") != std::string::npos) return LlmReply{.tokens = {"It is set."}};
    if (body.find("louder") == std::string::npos) return LlmReply{.tokens = {"Hello."}};
    return LlmReply{.calls = {{"self_volume"}}};
  });
  CozeSettings settings;
  settings.bot_id = "b";
  converse_with(settings, fake.base_url());
  turn("hello");
  turn("louder");
  EXPECT_EQ(device_calls(), 1U);
  EXPECT_THAT(log, Contains("sentence 1 It is set."));
  std::vector<std::string> paths;
  for (const auto& request : fake.server().requests()) paths.push_back(request.path + "?" + request.query);
  EXPECT_THAT(paths, ElementsAre("/v1/conversation/create?", "/v3/chat?conversation_id=conv7",
                                 "/v3/chat?conversation_id=conv7",
                                 "/v3/chat/submit_tool_outputs?conversation_id=conv7&chat_id=chat7"));
  EXPECT_THAT(fake.server().requests()[1].body, HasSubstr(R"("user_id":"aa:bb:cc:dd:ee:ff")"));
  service.reset();
}

TEST_F(RememberingServicesTest, FastGptGetsOneChatIdWhereItKeepsTheDialogue) {
  fakes::FastGptLlmFake fake([](const std::string& body) {
    if (body.find("answered: set") != std::string::npos) return LlmReply{.tokens = {"It is set."}};
    if (body.find("louder") == std::string::npos) return LlmReply{.tokens = {"Hello."}};
    return LlmReply{.tokens = {R"(<tool_call>{"name":"self_volume","arguments":{}}</tool_call>)"}};
  });
  FastGptSettings settings;
  settings.use_chat_id = true;
  converse_with(settings, fake.base_url());
  turn("hello");
  turn("louder");
  EXPECT_EQ(device_calls(), 1U);
  EXPECT_THAT(log, Contains("sentence 1 It is set."));
  const auto asked = bodies(fake.server());
  ASSERT_THAT(asked, SizeIs(3));
  for (const std::string& body : asked) {
    EXPECT_THAT(body, HasSubstr(R"("chatId":"s1")"));
    EXPECT_EQ(body.find("role"), body.rfind("role")) << "the last words only";
  }
  service.reset();
}

}  // namespace
}  // namespace earshot::worker
