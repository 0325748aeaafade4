#include "gateway/live/workers/worker_assignment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/fakes/scripted_worker.h"

namespace earshot::gateway {
namespace {

using fakes::ScriptedWorker;
using ipc::Envelope;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Ssrc kSession{77};

// Links over socket pairs, with short real deadlines: every wait is for an event.
class WorkerAssignmentTest : public testing::Test {
 protected:
  WorkerAssignmentTest() { start({}); }
  ~WorkerAssignmentTest() override {
    assignment_.reset();
    workers_.clear();
    io_.restart();
    io_.poll();
  }

  void start(PlacementLimits limits) {
    assignment_ = std::make_unique<WorkerAssignment>(io_.get_executor(), limits, config_, counters_);
    assignment_->start(
        {.on_placed =
             [this](Ssrc, const std::string& worker, WorkerLeg leg) {
               placed_.push_back(worker);
               leg_ = leg;
             },
         .on_given_up =
             [this](Ssrc ssrc) {
               ++given_up_;
               assignment_->close_session(ssrc, "given up");
             },
         .on_lost =
             [this](Ssrc ssrc) {
               ++lost_;
               assignment_->close_session(ssrc, "lost");
             },
         .on_overflow =
             [this](Ssrc ssrc) {
               overflown_.push_back(ssrc);
               assignment_->close_session(ssrc, "too much");
             },
         .on_envelope = [this](Ssrc,
                               const Envelope& envelope) { envelopes_.push_back(envelope.body_case()); },
         .on_audio = [this](const ipc::AudioDownView&) { envelopes_.push_back(Envelope::kAudioDown); }});
  }
  // Without a hello yet.
  ScriptedWorker& link(const std::string& id, std::uint32_t capacity = 10) {
    asio::local::stream_protocol::socket near(io_);
    asio::local::stream_protocol::socket far(io_);
    asio::local::connect_pair(near, far);
    workers_.push_back(std::make_unique<ScriptedWorker>(io_, id, capacity));
    workers_.back()->attach(std::move(far));
    assignment_->add_link(std::move(near));
    return *workers_.back();
  }
  ScriptedWorker& worker(const std::string& id, std::uint32_t capacity = 10) {
    ScriptedWorker& made = link(id, capacity);
    made.send_hello();
    EXPECT_TRUE(run_until([&] { return made.count(Envelope::kGatewayHello) == 1; }));
    return made;
  }
  void open(Ssrc ssrc = kSession) {
    ipc::SessionOpen open;
    open.set_session_id("s-" + std::to_string(number(ssrc)));
    assignment_->open_session(ssrc, open, std::chrono::steady_clock::now());
  }
  template <class Condition>
  bool run_until(Condition&& done) {
    io_.restart();
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!done() && std::chrono::steady_clock::now() < limit) io_.run_one_for(Milliseconds(100));
    return done();
  }

  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  WorkerCounters counters_;
  WorkerLinkConfig config_{.gateway_id = "g",
                           .version = "test",
                           .shard = 0,
                           .shard_addresses = {"unix:/x"},
                           .heartbeat = Milliseconds(60'000),
                           .hello_timeout = Milliseconds(5000)};
  std::vector<std::unique_ptr<ScriptedWorker>> workers_;
  std::unique_ptr<WorkerAssignment> assignment_;
  std::vector<std::string> placed_;
  WorkerLeg leg_;
  int given_up_ = 0;
  int lost_ = 0;
  std::vector<Ssrc> overflown_;
  std::vector<Envelope::BodyCase> envelopes_;
};

TEST_F(WorkerAssignmentTest, GreetsAWorkerAndTellsItTheShards) {
  const ScriptedWorker& first = worker("w1");
  const Envelope* hello = first.last(Envelope::kGatewayHello);
  ASSERT_NE(hello, nullptr);
  EXPECT_EQ(hello->gateway_hello().heartbeat_ms(), 60'000U);
  EXPECT_THAT(hello->gateway_hello().shard_addresses(), ElementsAre("unix:/x"));
  ASSERT_EQ(assignment_->workers().size(), 1U);
  EXPECT_EQ(assignment_->workers()[0].id, "w1");
}

TEST_F(WorkerAssignmentTest, PlacesASessionAndCarriesItsEnvelopesBothWays) {
  ScriptedWorker& first = worker("w1");
  first.accept_sessions();
  open();
  ASSERT_TRUE(run_until([&] { return !placed_.empty(); }));
  EXPECT_THAT(placed_, ElementsAre("w1"));

  Envelope stt;
  stt.set_session(number(kSession));
  stt.mutable_stt()->set_text("hello");
  first.send(stt);
  ASSERT_TRUE(run_until([&] { return !envelopes_.empty(); }));
  EXPECT_THAT(envelopes_, ElementsAre(Envelope::kStt));

  Envelope audio;
  audio.set_session(number(kSession));
  audio.mutable_audio_up()->set_sequence(3);
  leg_.send_audio(audio);
  ASSERT_TRUE(run_until([&] { return first.count(Envelope::kAudioUp) == 1; }));

  assignment_->close_session(kSession, "done");
  ASSERT_TRUE(run_until([&] { return first.count(Envelope::kSessionClose) == 1; }));
  EXPECT_EQ(first.last(Envelope::kSessionClose)->session_close().reason(), "done");
}

TEST_F(WorkerAssignmentTest, TriesASecondWorkerAndTurnsTheLateFirstAway) {
  start({.open_timeout = Milliseconds(50)});
  ScriptedWorker& first = worker("w1");  // silent
  open();
  ASSERT_TRUE(run_until([&] { return first.count(Envelope::kSessionOpen) == 1; }));
  ScriptedWorker& second = worker("w2");
  second.accept_sessions();
  ASSERT_TRUE(run_until([&] { return !placed_.empty(); }));
  EXPECT_THAT(placed_, ElementsAre("w2"));
  ASSERT_TRUE(run_until([&] { return first.count(Envelope::kSessionClose) == 1; }));

  first.send_opened(number(kSession));
  ASSERT_TRUE(run_until([&] { return first.count(Envelope::kSessionClose) == 2; }));
  EXPECT_EQ(first.last(Envelope::kSessionClose)->session(), number(kSession));
  EXPECT_EQ(counters_.value(WorkerEvent::kUnknownSession), 1U);
  EXPECT_THAT(placed_, ElementsAre("w2"));
}

TEST_F(WorkerAssignmentTest, MovesOnWhenTheWorkerRefusesOrDiesWhileAsked) {
  ScriptedWorker& refusing = worker("w1");
  refusing.on_envelope([](ScriptedWorker& self, const Envelope& envelope) {
    if (!envelope.has_session_open()) return;
    Envelope refused;
    refused.set_session(envelope.session());
    refused.mutable_session_refused()->set_reason("full");
    self.send(refused);
  });
  open();
  ASSERT_TRUE(run_until([&] { return refusing.count(Envelope::kSessionOpen) >= 1; }));
  ScriptedWorker& dying = worker("w2");
  dying.on_envelope([](ScriptedWorker& self, const Envelope& envelope) {
    if (envelope.has_session_open()) self.close();
  });
  ASSERT_TRUE(run_until([&] { return dying.count(Envelope::kSessionOpen) == 1; }));
  worker("w3").accept_sessions();
  ASSERT_TRUE(run_until([&] { return !placed_.empty(); }));
  EXPECT_THAT(placed_, ElementsAre("w3"));
}

TEST_F(WorkerAssignmentTest, GivesUpWhenNobodyTakesIt) {
  start({.open_timeout = Milliseconds(20), .total_timeout = Milliseconds(60), .pause = Milliseconds(5)});
  worker("w1");
  open();
  ASSERT_TRUE(run_until([&] { return given_up_ == 1; }));
  EXPECT_THAT(placed_, IsEmpty());
}

TEST_F(WorkerAssignmentTest, TellsWhichSessionsAreLostWithTheirWorker) {
  ScriptedWorker& first = worker("w1");
  first.accept_sessions();
  open(Ssrc{1});
  open(Ssrc{2});
  ASSERT_TRUE(run_until([&] { return placed_.size() == 2; }));
  first.close();
  ASSERT_TRUE(run_until([&] { return lost_ == 2; }));
  EXPECT_THAT(assignment_->workers(), IsEmpty());
}

Envelope mcp_of(Ssrc ssrc, std::size_t bytes) {
  Envelope envelope;
  envelope.set_session(number(ssrc));
  envelope.mutable_mcp_up()->set_payload(std::string(bytes, 'x'));
  return envelope;
}

// The worker cannot read meanwhile: nothing of io_ runs.
TEST_F(WorkerAssignmentTest, OneSessionsExcessCostsNeitherTheLinkNorTheOthers) {
  config_.write_in_rounds = true;
  ScriptedWorker& first = link("w1");
  first.accept_sessions();
  first.send_hello();
  const auto settled = [&](auto condition) {
    return run_until([&] {
      assignment_->flush();
      return condition();
    });
  };
  ASSERT_TRUE(settled([&] { return first.count(Envelope::kGatewayHello) == 1; }));
  open(Ssrc{1});
  open(Ssrc{2});
  ASSERT_TRUE(settled([&] { return placed_.size() == 2; }));

  for (int i = 0; i < 200; ++i) assignment_->leg(Ssrc{1}).send(mcp_of(Ssrc{1}, 62'000));
  assignment_->leg(Ssrc{2}).send(mcp_of(Ssrc{2}, 100));
  Envelope listen;
  listen.set_session(1);
  listen.mutable_listen()->set_text(std::string(1000, 'x'));
  for (int i = 0; i < 500; ++i) assignment_->leg(Ssrc{1}).send(listen);
  EXPECT_THAT(overflown_, IsEmpty()) << "a session is not ended from inside its own call";
  assignment_->flush();
  EXPECT_THAT(overflown_, ElementsAre(Ssrc{1}));
  assignment_->leg(Ssrc{2}).send(mcp_of(Ssrc{2}, 101));

  ASSERT_TRUE(settled([&] { return first.count(Envelope::kSessionClose) == 1; }));
  ASSERT_TRUE(settled([&] { return first.last(Envelope::kMcpUp)->mcp_up().payload().size() == 101; }));
  EXPECT_EQ(first.last(Envelope::kSessionClose)->session(), 1U);
  EXPECT_EQ(lost_, 0);
  EXPECT_EQ(counters_.value(WorkerEvent::kSessionOverflow), 1U);
  EXPECT_TRUE(first.connected());
}

AgentParts agents_of(std::uint64_t revision, int count, std::size_t bytes) {
  AgentFacts facts;
  for (int i = 0; i < count; ++i) {
    facts.agents.push_back({.name = "a" + std::to_string(i), .config = std::string(bytes, 'x')});
  }
  return make_agent_parts(revision, facts);
}

TEST_F(WorkerAssignmentTest, AgentsBeyondTheOutboxReachTheWorkerPartByPart) {
  ScriptedWorker& first = worker("w1");
  assignment_->set_agents(agents_of(1, 200, 48 * 1024));  // 9.4 MiB; the outbox holds 4
  assignment_->set_agents(agents_of(2, 200, 48 * 1024));
  ASSERT_TRUE(run_until([&] {
    const Envelope* part = first.last(Envelope::kAgentSet);
    return part != nullptr && part->agent_set().revision() == 2 && part->agent_set().last();
  }));
  int agents = 0;
  for (const Envelope& envelope : first.received()) {
    if (envelope.agent_set().revision() == 2) agents += envelope.agent_set().agents_size();
  }
  EXPECT_EQ(agents, 200);
  EXPECT_EQ(counters_.value(WorkerEvent::kLinksLost), 0U);
}

// Nothing is left behind: the leak checker looks.
TEST_F(WorkerAssignmentTest, AWorkerMayDieInTheMiddleOfTheAgents) {
  ScriptedWorker& first = worker("w1");
  first.on_envelope([](ScriptedWorker& self, const Envelope& envelope) {
    if (envelope.has_agent_set()) self.close();
  });
  assignment_->set_agents(agents_of(1, 200, 48 * 1024));
  ASSERT_TRUE(run_until([&] { return counters_.value(WorkerEvent::kLinksLost) == 1; }));
  EXPECT_THAT(assignment_->workers(), IsEmpty());
}

TEST_F(WorkerAssignmentTest, AWorkerThatGreetsGetsTheNewestAgentsOnly) {
  assignment_->set_agents(agents_of(1, 100, 48 * 1024));
  assignment_->set_agents(agents_of(2, 1, 10));
  ScriptedWorker& first = worker("w1");
  ASSERT_TRUE(run_until([&] { return first.count(Envelope::kAgentSet) > 0; }));
  EXPECT_EQ(first.count(Envelope::kAgentSet), 1U);
  EXPECT_EQ(first.last(Envelope::kAgentSet)->agent_set().revision(), 2U);
}

TEST_F(WorkerAssignmentTest, CountsNonsenseByNameAndGoesOn) {
  ScriptedWorker& first = worker("w1");
  first.accept_sessions();
  open();
  ASSERT_TRUE(run_until([&] { return !placed_.empty(); }));
  Envelope wrong_direction;
  wrong_direction.mutable_session_open();
  Envelope no_session;
  no_session.mutable_stt()->set_text("x");
  Envelope unknown_session;
  unknown_session.set_session(99);
  unknown_session.mutable_stt()->set_text("x");
  Envelope bad_audio;
  bad_audio.set_session(number(kSession));
  bad_audio.mutable_audio_down()->set_opus(std::string(1400, 'x'));
  for (const auto& nonsense : {wrong_direction, no_session, unknown_session, bad_audio}) first.send(nonsense);
  first.send_hello();
  ASSERT_TRUE(run_until([&] { return counters_.value(WorkerEvent::kSecondHello) == 1; }));
  EXPECT_EQ(counters_.value(WorkerEvent::kWrongDirection), 1U);
  EXPECT_EQ(counters_.value(WorkerEvent::kNoSession), 1U);
  EXPECT_EQ(counters_.value(WorkerEvent::kUnknownSession), 1U);
  EXPECT_EQ(counters_.value(WorkerEvent::kBadAudio), 1U);
  EXPECT_THAT(envelopes_, IsEmpty());
  EXPECT_EQ(lost_, 0);
}

TEST_F(WorkerAssignmentTest, DropsALinkThatDoesNotGreetOrGreetsBadly) {
  config_.hello_timeout = Milliseconds(30);
  ScriptedWorker& silent = link("silent");
  ASSERT_TRUE(run_until([&] { return silent.closed(); }));
  EXPECT_EQ(counters_.value(WorkerEvent::kHelloTimeout), 1U);

  config_.hello_timeout = Milliseconds(5000);
  ScriptedWorker& early = link("early");
  early.send_opened(5);
  ASSERT_TRUE(run_until([&] { return early.closed(); }));
  EXPECT_EQ(counters_.value(WorkerEvent::kBeforeHello), 1U);

  ScriptedWorker& nameless = link("");
  nameless.send_hello();
  ASSERT_TRUE(run_until([&] { return nameless.closed(); }));
  EXPECT_EQ(counters_.value(WorkerEvent::kBadHello), 1U);
  EXPECT_EQ(counters_.value(WorkerEvent::kLinksUp), 0U);
}

TEST_F(WorkerAssignmentTest, GivesUpAWorkerThatDoesNotAnswerPings) {
  config_.heartbeat = Milliseconds(20);
  ScriptedWorker& hung = worker("w1");
  ASSERT_TRUE(run_until([&] { return hung.closed(); }));
  EXPECT_EQ(hung.count(Envelope::kPing), 3U);
  EXPECT_EQ(counters_.value(WorkerEvent::kLinksLost), 1U);
}

TEST_F(WorkerAssignmentTest, PassesOverADrainingWorker) {
  ScriptedWorker& draining = worker("w1");
  Envelope drain;
  drain.mutable_drain();
  draining.send(drain);
  ASSERT_TRUE(run_until([&] { return assignment_->workers().at(0).draining; }));
  worker("w2").accept_sessions();
  for (std::uint32_t i = 1; i <= 3; ++i) open(Ssrc{i});
  ASSERT_TRUE(run_until([&] { return placed_.size() == 3; }));
  EXPECT_THAT(placed_, ElementsAre("w2", "w2", "w2"));
}

}  // namespace
}  // namespace earshot::gateway
