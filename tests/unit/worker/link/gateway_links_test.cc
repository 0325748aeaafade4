#include "worker/link/gateway_links.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "common/ipc/listener.h"
#include "tests/fakes/scripted_stages.h"

namespace earshot::worker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;

// One shard by hand: a real listener and channel, what to say decided by the test.
class ScriptedShard {
 public:
  ScriptedShard(asio::io_context& io, const std::string& path)
      : io_(io), endpoint_(ipc::parse_endpoint("unix:" + path).value()) {
    listen();
  }
  ~ScriptedShard() { shut(); }

  void listen() {
    listener_ = ipc::Listener::open(io_.get_executor(), endpoint_).value();
    listener_->start([this](ipc::Channel::Socket socket) {
      ++connections;
      closed = false;
      channel_ = ipc::Channel::create(std::move(socket));
      channel_->start({.on_envelope = [this](const ipc::Envelope& envelope) { received.push_back(envelope); },
                       .on_closed = [this](const Error&) { closed = true; }});
    });
  }
  void shut() {
    if (listener_) listener_->close();
    listener_.reset();
    if (channel_) channel_->close();
    channel_.reset();
  }
  void send(const ipc::Envelope& envelope) { channel_->send(envelope); }
  void greet(std::vector<std::string> shards = {}, std::uint32_t heartbeat_ms = 60'000) {
    ipc::Envelope envelope;
    ipc::GatewayHello& hello = *envelope.mutable_gateway_hello();
    hello.set_gateway_id("g");
    hello.set_heartbeat_ms(heartbeat_ms);
    for (const std::string& shard : shards) hello.add_shard_addresses(shard);
    send(envelope);
  }
  void open(std::uint32_t session, std::uint32_t downlink_hz = 24000) {
    ipc::Envelope envelope;
    envelope.set_session(session);
    ipc::SessionOpen& open = *envelope.mutable_session_open();
    open.set_session_id("s" + std::to_string(session));
    open.mutable_uplink()->set_sample_rate_hz(16000);
    open.mutable_uplink()->set_frame_duration_ms(60);
    open.mutable_downlink()->set_sample_rate_hz(downlink_hz);
    open.mutable_downlink()->set_frame_duration_ms(60);
    send(envelope);
  }
  void close_session(std::uint32_t session) {
    ipc::Envelope envelope;
    envelope.set_session(session);
    envelope.mutable_session_close();
    send(envelope);
  }
  void listen_start_and_type(std::uint32_t session, const std::string& text) {
    ipc::Envelope envelope;
    envelope.set_session(session);
    envelope.mutable_listen()->set_state(ipc::Listen::kStart);
    send(envelope);
    envelope.mutable_listen()->set_state(ipc::Listen::kDetect);
    envelope.mutable_listen()->set_text(text);
    send(envelope);
  }
  int count(ipc::Envelope::BodyCase body, std::uint32_t session = 0) const {
    return static_cast<int>(std::count_if(received.begin(), received.end(), [&](const ipc::Envelope& one) {
      return one.body_case() == body && (session == 0 || one.session() == session);
    }));
  }
  std::string address() const { return endpoint_.text(); }

  std::vector<ipc::Envelope> received;
  int connections = 0;
  bool closed = false;

 private:
  asio::io_context& io_;
  ipc::Endpoint endpoint_;
  std::shared_ptr<ipc::Listener> listener_;
  std::shared_ptr<ipc::Channel> channel_;
};

class GatewayLinksTest : public testing::Test {
 protected:
  ~GatewayLinksTest() override {
    if (links) links->stop_now();
    io.poll();
    std::filesystem::remove_all(folder);
  }
  std::string path(const std::string& name) const { return folder + "/" + name + ".sock"; }
  void make(std::vector<std::string> addresses, std::uint32_t capacity = 3) {
    GatewayLinksConfig links_config{.gateways = {},
                                    .worker_id = "w1",
                                    .capacity = capacity,
                                    .version = "1.2",
                                    .pid = 42,
                                    .threads = 1,
                                    .drain_patience = 2000ms};
    for (const std::string& address : addresses)
      links_config.gateways.push_back(ipc::parse_endpoint(address).value());
    services.emplace(ConversationServices{.vad = vad,
                                          .asr = asr,
                                          .brain = brain,
                                          .tts = tts,
                                          .tools = tools,
                                          .clock = clock,
                                          .counters = counters,
                                          .executor = io.get_executor(),
                                          .make_strand = [this] { return Executor(asio::make_strand(io)); }});
    links.emplace(
        io.get_executor(), links_config,
        [this](const std::string&, const ipc::SessionOpen& open, ConversationSink sink,
               const ConversationState&) {
          return Conversation::create(conversation_config, *services, open, std::move(sink));
        },
        [this](const std::string& gateway, ipc::AgentSet set, AgentsDone done) {
          ipc::AgentsAccepted accepted;
          accepted.set_revision(set.revision());
          agents.emplace_back(gateway, std::move(set));
          done(accepted);
        });
    links->start();
  }
  // Runs until `condition`; bounded.
  template <class Condition>
  bool until(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      io.restart();
      io.run_one_for(50ms);
    }
    return true;
  }

  const std::string folder = testing::TempDir() + "links" + std::to_string(::getpid());
  asio::io_context io;
  SystemClock clock;
  fakes::LoudnessVadProvider vad;
  fakes::ScriptedAsr asr;
  fakes::ScriptedBrain brain{[](const LlmRequest&) {
    fakes::ScriptedBrain::Answer answer;
    answer.deltas = {"Yes."};
    return answer;
  }};
  fakes::ScriptedTts tts;
  BuiltinTools tools;
  ConversationCounters counters;
  ConversationConfig conversation_config;
  std::optional<ConversationServices> services;
  std::vector<std::pair<std::string, ipc::AgentSet>> agents;  // as they came
  std::optional<GatewayLinks> links;
};

TEST_F(GatewayLinksTest, IntroducesItselfAndReportsItsLoad) {
  ScriptedShard shard(io, path("a"));
  make({shard.address()});
  ASSERT_TRUE(until([&] { return !shard.received.empty(); }));
  const ipc::WorkerHello& hello = shard.received[0].worker_hello();
  EXPECT_EQ(hello.worker_id(), "w1");
  EXPECT_EQ(hello.capacity(), 3U);
  EXPECT_EQ(hello.version(), "1.2");
  EXPECT_EQ(hello.pid(), 42U);
  shard.greet();
  EXPECT_TRUE(until([&] { return shard.count(ipc::Envelope::kLoad) >= 1; }));
}

TEST_F(GatewayLinksTest, DialsTheOtherShardsToo) {
  ScriptedShard first(io, path("a"));
  ScriptedShard second(io, path("b"));
  make({first.address()});
  ASSERT_TRUE(until([&] { return first.connections == 1; }));
  first.greet({first.address(), second.address(), "nonsense"});
  EXPECT_TRUE(until([&] { return second.connections == 1; }));
  second.greet();
  EXPECT_TRUE(until([&] { return links->links_up() == 2; }));
  EXPECT_EQ(first.connections, 1);
}

TEST_F(GatewayLinksTest, DrainsWhenTheGatewayAsks) {
  ScriptedShard shard(io, path("a"));
  make({shard.address()});
  ASSERT_TRUE(until([&] { return shard.connections == 1; }));
  shard.greet();
  shard.open(7);
  ASSERT_TRUE(until([&] { return shard.count(ipc::Envelope::kSessionOpened, 7) == 1; }));
  ipc::Envelope drain;
  drain.mutable_drain();
  shard.send(drain);
  shard.open(8);
  EXPECT_TRUE(until([&] { return shard.count(ipc::Envelope::kSessionRefused, 8) == 1; }));
  EXPECT_EQ(shard.count(ipc::Envelope::kDrain), 1);
  EXPECT_EQ(links->sessions(), 1U) << "a session that was open";
}

TEST_F(GatewayLinksTest, TakesTheGatewaysAgentsAndTellsWhatItMadeOfThem) {
  ScriptedShard shard(io, path("a"));
  make({shard.address()});
  ASSERT_TRUE(until([&] { return shard.connections == 1; }));
  shard.greet();
  ipc::Envelope envelope;
  envelope.mutable_agent_set()->set_revision(5);
  envelope.mutable_agent_set()->add_agents()->set_name("bear");
  shard.send(envelope);
  envelope.mutable_agent_set()->set_last(true);
  shard.send(envelope);
  ASSERT_TRUE(until([&] { return shard.count(ipc::Envelope::kAgentsAccepted) == 1; }));
  ASSERT_EQ(agents.size(), 1U);
  EXPECT_EQ(agents[0].first, "g");
  EXPECT_EQ(agents[0].second.agents_size(), 2);
}

TEST_F(GatewayLinksTest, OpensAConversationThatAnswersAndClosesIt) {
  ScriptedShard shard(io, path("a"));
  make({shard.address()});
  ASSERT_TRUE(until([&] { return shard.connections == 1; }));
  shard.greet();
  shard.open(7);
  ASSERT_TRUE(until([&] { return shard.count(ipc::Envelope::kSessionOpened, 7) == 1; }));
  EXPECT_EQ(links->sessions(), 1U);
  shard.listen_start_and_type(7, "hello");
  ASSERT_TRUE(until([&] { return shard.count(ipc::Envelope::kSpeechEnd, 7) == 1; }));
  EXPECT_GT(shard.count(ipc::Envelope::kAudioDown, 7), 0);
  shard.close_session(7);
  EXPECT_TRUE(until([&] { return links->sessions() == 0; }));
  EXPECT_TRUE(until(
      [&] { return shard.received.back().has_load() && shard.received.back().load().sessions() == 0; }));
}

TEST_F(GatewayLinksTest, RefusesWhatItCannotTake) {
  ScriptedShard shard(io, path("a"));
  make({shard.address()}, 1);
  ASSERT_TRUE(until([&] { return shard.connections == 1; }));
  shard.greet();
  shard.open(1, 44100);
  shard.open(2);
  shard.open(2);
  shard.open(3);
  ASSERT_TRUE(until([&] { return shard.count(ipc::Envelope::kSessionRefused) == 3; }));
  EXPECT_EQ(shard.count(ipc::Envelope::kSessionOpened, 2), 1);
  EXPECT_EQ(links->counters().value(LinkEvent::kSessionRefused), 3U);
}

TEST_F(GatewayLinksTest, NonsenseIsCountedAndTheLinkStays) {
  ScriptedShard shard(io, path("a"));
  make({shard.address()});
  ASSERT_TRUE(until([&] { return shard.connections == 1; }));
  shard.close_session(9);  // before the hello
  shard.greet();
  shard.greet();
  shard.close_session(9);
  shard.close_session(0);
  ipc::Envelope envelope;
  envelope.mutable_worker_hello();
  shard.send(envelope);
  envelope.mutable_ping()->set_token(5);
  shard.send(envelope);
  ASSERT_TRUE(until([&] { return shard.count(ipc::Envelope::kPong) == 1; }));
  EXPECT_EQ(links->counters().value(LinkEvent::kBeforeHello), 1U);
  EXPECT_EQ(links->counters().value(LinkEvent::kSecondHello), 1U);
  EXPECT_EQ(links->counters().value(LinkEvent::kUnknownSession), 1U);
  EXPECT_EQ(links->counters().value(LinkEvent::kNoSession), 1U);
  EXPECT_EQ(links->counters().value(LinkEvent::kWrongDirection), 1U);
  EXPECT_EQ(links->links_up(), 1U);
}

TEST_F(GatewayLinksTest, DialsAgainAfterALossAndItsSessionsAreOver) {
  ScriptedShard shard(io, path("a"));
  make({shard.address()});
  ASSERT_TRUE(until([&] { return shard.connections == 1; }));
  shard.greet();
  shard.open(7);
  ASSERT_TRUE(until([&] { return links->sessions() == 1; }));
  shard.shut();
  ASSERT_TRUE(until([&] { return links->links_up() == 0; }));
  EXPECT_EQ(links->sessions(), 0U);
  shard.listen();
  ASSERT_TRUE(until([&] { return shard.connections == 2; }));
  shard.greet();
  EXPECT_TRUE(until([&] { return links->links_up() == 1; }));
}

TEST_F(GatewayLinksTest, PingsAnIdleGatewayAndLeavesADeadOne) {
  ScriptedShard shard(io, path("a"));
  make({shard.address()});
  ASSERT_TRUE(until([&] { return shard.connections == 1; }));
  shard.greet({}, 100);
  ASSERT_TRUE(until([&] { return shard.count(ipc::Envelope::kPing) >= 1; }));
  EXPECT_TRUE(until([&] { return shard.connections == 2; })) << "it never answered";
  EXPECT_EQ(links->counters().value(LinkEvent::kLinkLost), 1U);
}

TEST_F(GatewayLinksTest, StopDrainsAndEndsWhenNobodyWaits) {
  ScriptedShard shard(io, path("a"));
  make({shard.address()});
  ASSERT_TRUE(until([&] { return shard.connections == 1; }));
  shard.greet();
  shard.open(7);
  ASSERT_TRUE(until([&] { return links->sessions() == 1; }));
  bool stopped = false;
  links->stop([&] { stopped = true; });
  ASSERT_TRUE(until([&] { return stopped; }));
  EXPECT_EQ(links->sessions(), 0U);
  ASSERT_TRUE(until([&] { return shard.closed; }));
  EXPECT_EQ(shard.count(ipc::Envelope::kDrain), 1);
}

TEST_F(GatewayLinksTest, ADrainingWorkerTakesNoSessionAndFinishesItsTurn) {
  brain.set_script([](const LlmRequest&) {
    fakes::ScriptedBrain::Answer answer;
    answer.hangs = true;
    return answer;
  });
  ScriptedShard shard(io, path("a"));
  make({shard.address()});
  ASSERT_TRUE(until([&] { return shard.connections == 1; }));
  shard.greet();
  shard.open(7);
  shard.listen_start_and_type(7, "hello");
  ASSERT_TRUE(until([&] { return shard.count(ipc::Envelope::kStt, 7) == 1; }));
  bool stopped = false;
  links->stop([&] { stopped = true; });
  shard.open(8);
  ASSERT_TRUE(until([&] { return shard.count(ipc::Envelope::kSessionRefused, 8) == 1; }));
  EXPECT_FALSE(stopped);
  EXPECT_EQ(links->sessions(), 1U);
  EXPECT_TRUE(until([&] { return stopped; })) << "its patience has an end";
}

}  // namespace
}  // namespace earshot::worker
