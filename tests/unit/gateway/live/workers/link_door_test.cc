// Workers of other machines before a whole WorkerAssignment, over TLS on loopback.
#include "gateway/live/workers/link_door.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "common/ipc/connect.h"
#include "common/ipc/join_exchange.h"
#include "common/tls/certificates.h"
#include "common/tls/link_contexts.h"
#include "gateway/live/workers/agent_parts.h"
#include "gateway/live/workers/worker_assignment.h"
#include "tests/fakes/scripted_worker.h"

namespace earshot::gateway {
namespace {

using fakes::ScriptedWorker;
using ipc::Envelope;
using namespace std::chrono_literals;

class LinkDoorTest : public testing::Test {
 protected:
  LinkDoorTest() {
    door_ =
        LinkDoor::open(io_.get_executor(), ipc::parse_endpoint("tls:127.0.0.1:0").value(), counters_).value();
    door_->start(
        {.on_link = [this](ipc::Connection connection) { assignment_.add_link(std::move(connection)); },
         .on_join = [this](JoinAsk ask) { asks_.push_back(std::move(ask)); }});
    assignment_.start({});
    door_->set_keys(keys({}));
  }
  ~LinkDoorTest() override {
    door_->close();
    assignment_.close();
    workers_.clear();
    asks_.clear();
    io_.restart();
    io_.poll();
  }
  static tls::Validity validity() {
    const auto now = std::chrono::system_clock::now();
    return {.from = now - 24h, .until = now + 24h};
  }
  tls::LinkIdentity identity(tls::CertificateWish::Kind kind, const std::string& name) {
    const bool gateway = kind == tls::CertificateWish::Kind::kGateway;
    return {.authority = authority_.certificate,
            .own = tls::issue(authority_, {.kind = kind,
                                           .name = name,
                                           .hosts = gateway ? std::vector<std::string>{"127.0.0.1"}
                                                            : std::vector<std::string>{},
                                           .validity = validity()})
                       .value()};
  }
  LinkKeysPtr keys(std::set<std::string, std::less<>> revoked) {
    auto context = tls::LinkContexts::gateway(gateway_, revoked).value();
    return std::make_shared<LinkKeys>(
        LinkKeys{.context = std::move(context),
                 .revoked = std::move(revoked),
                 .authority = tls::facts_of(authority_.certificate)->fingerprint});
  }
  // Dials with a certificate for `certified`, and says hello as `id`.
  ScriptedWorker& worker(const std::string& id, const tls::LinkIdentity& certificate) {
    workers_.push_back(std::make_unique<ScriptedWorker>(io_, id));
    ScriptedWorker& made = *workers_.back();
    const auto context = tls::LinkContexts::worker(certificate).value();
    ipc::async_dial(io_.get_executor(), door_->endpoint(), "127.0.0.1", context, 5000ms,
                    [&made](Result<ipc::Connection> connection) {
                      if (!connection) return;
                      made.attach(std::move(connection).value());
                      made.send_hello();
                    });
    return made;
  }
  // Of an address of this machine.
  asio::ip::tcp::socket silent_from(const std::string& address) {
    asio::ip::tcp::socket socket(io_, {asio::ip::make_address(address), 0});
    socket.connect({asio::ip::make_address("127.0.0.1"), door_->endpoint().port});
    return socket;
  }
  template <class Condition>
  bool until(Condition condition) {
    const auto limit = std::chrono::steady_clock::now() + 10s;
    while (!condition() && std::chrono::steady_clock::now() < limit) {
      io_.restart();
      io_.run_one_for(50ms);
    }
    return condition();
  }

  asio::io_context io_{1};
  WorkerCounters counters_;
  WorkerLinkConfig config_{.gateway_id = "g",
                           .version = "test",
                           .shard = 0,
                           .shard_addresses = {"unix:/x"},
                           .remote_shard_addresses = {"tls:0.0.0.0:9443"},
                           .heartbeat = 60s,
                           .hello_timeout = 5s};
  tls::Identity authority_ = tls::make_authority("ours", validity()).value();
  tls::LinkIdentity gateway_ = identity(tls::CertificateWish::Kind::kGateway, "gw");
  tls::LinkIdentity far_ = identity(tls::CertificateWish::Kind::kWorker, "far-1");
  WorkerAssignment assignment_{io_.get_executor(), {}, config_, counters_};
  std::shared_ptr<LinkDoor> door_;
  std::vector<std::unique_ptr<ScriptedWorker>> workers_;
  std::vector<JoinAsk> asks_;
};

TEST_F(LinkDoorTest, AWorkerIsTakenUnderTheNameOfItsCertificate) {
  ScriptedWorker& made = worker("far-1", far_);
  ASSERT_TRUE(until([&] { return made.count(Envelope::kGatewayHello) == 1; }));
  EXPECT_EQ(assignment_.workers().front().id, "far-1");
  EXPECT_EQ(made.last(Envelope::kGatewayHello)->gateway_hello().shard_addresses(0), "tls:0.0.0.0:9443");
}

// Whoever has one worker's key must not pass for another one.
TEST_F(LinkDoorTest, AnotherNameThanTheCertificatesEndsTheLink) {
  ScriptedWorker& made = worker("far-2", far_);
  ASSERT_TRUE(until([&] { return made.closed(); }));
  EXPECT_EQ(counters_.value(WorkerEvent::kForeignName), 1U);
  EXPECT_TRUE(assignment_.workers().empty());
}

TEST_F(LinkDoorTest, AgentsWithKeysAreSentWhole) {
  assignment_.set_agents(make_agent_parts(
      1, {.providers = {{.stage = "llm", .name = "m", .config = R"({"api_key":"k"})", .secret = true}},
          .agents = {}}));
  ScriptedWorker& made = worker("far-1", far_);
  ASSERT_TRUE(until([&] { return made.count(Envelope::kAgentSet) == 1; }));
  const auto& provider = made.last(Envelope::kAgentSet)->agent_set().providers(0);
  EXPECT_FALSE(provider.withheld());
  EXPECT_EQ(provider.config(), R"({"api_key":"k"})");
}

TEST_F(LinkDoorTest, ARevokedWorkerIsCutAndCannotComeAgain) {
  ScriptedWorker& made = worker("far-1", far_);
  ASSERT_TRUE(until([&] { return made.count(Envelope::kGatewayHello) == 1; }));
  const auto revoked = keys({tls::facts_of(far_.own.certificate)->serial});
  assignment_.cut(*revoked);
  door_->set_keys(revoked);
  ASSERT_TRUE(until([&] { return made.closed(); }));
  EXPECT_EQ(counters_.value(WorkerEvent::kRevoked), 1U);
  EXPECT_TRUE(assignment_.workers().empty());
  ScriptedWorker& again = worker("far-1", far_);
  ASSERT_TRUE(until([&] { return again.closed(); }));
  EXPECT_EQ(counters_.value(WorkerEvent::kTlsFailed), 1U);
}

TEST_F(LinkDoorTest, AnotherWorkerStaysWhenOneIsRevoked) {
  const auto other = identity(tls::CertificateWish::Kind::kWorker, "far-2");
  ScriptedWorker& first = worker("far-1", far_);
  ScriptedWorker& second = worker("far-2", other);
  ASSERT_TRUE(until([&] {
    return first.count(Envelope::kGatewayHello) == 1 && second.count(Envelope::kGatewayHello) == 1;
  }));
  assignment_.cut(*keys({tls::facts_of(far_.own.certificate)->serial}));
  ASSERT_TRUE(until([&] { return first.closed(); }));
  EXPECT_FALSE(second.closed());
}

// Its key was seen: whoever has it can make workers of every name.
TEST_F(LinkDoorTest, AllWorkersOfAnAuthorityThatWasReplacedAreCut) {
  assignment_.cut(*keys({}));
  ScriptedWorker& made = worker("far-1", far_);
  ASSERT_TRUE(until([&] { return made.count(Envelope::kGatewayHello) == 1; }));
  assignment_.cut(*keys({}));
  io_.restart();
  io_.poll();
  EXPECT_FALSE(made.closed()) << "it is the same authority";
  authority_ = tls::make_authority("new", validity()).value();
  gateway_ = identity(tls::CertificateWish::Kind::kGateway, "gw");
  assignment_.cut(*keys({}));
  door_->set_keys(keys({}));
  ASSERT_TRUE(until([&] { return made.closed(); }));
  EXPECT_EQ(counters_.value(WorkerEvent::kRevoked), 1U);
  EXPECT_TRUE(assignment_.workers().empty());
}

TEST_F(LinkDoorTest, OneAddressDoesNotShutTheDoorForTheOthers) {
  std::vector<asio::ip::tcp::socket> silent;
  for (std::size_t i = 0; i < LinkDoor::kMaxOfAnAddress + 3; ++i) silent.push_back(silent_from("127.0.1.1"));
  EXPECT_TRUE(until([&] { return counters_.value(WorkerEvent::kTooManyHandshakes) == 3; }));
  ScriptedWorker& made = worker("far-1", far_);
  EXPECT_TRUE(until([&] { return made.count(Envelope::kGatewayHello) == 1; }));
}

TEST_F(LinkDoorTest, AnAddressThatComesAgainAndAgainIsSlowedDown) {
  const auto limit = std::chrono::steady_clock::now() + 10s;
  std::uint64_t begun = 0;
  while (counters_.value(WorkerEvent::kTooManyHandshakes) == 0) {
    ASSERT_LT(std::chrono::steady_clock::now(), limit);
    silent_from("127.0.1.1").close();
    ++begun;
    ASSERT_TRUE(until([&] {
      return counters_.value(WorkerEvent::kTlsFailed) + counters_.value(WorkerEvent::kTooManyHandshakes) ==
             begun;
    }));
  }
  EXPECT_GT(begun, LinkDoor::kBurst);
}

TEST_F(LinkDoorTest, HalfOpenHandshakesAreBoundedInNumber) {
  std::vector<asio::ip::tcp::socket> silent;
  for (std::size_t i = 0; i < LinkDoor::kMaxHandshakes + 3; ++i)
    silent.push_back(silent_from("127.0.1." + std::to_string(1 + i / LinkDoor::kMaxOfAnAddress)));
  EXPECT_TRUE(until([&] { return counters_.value(WorkerEvent::kTooManyHandshakes) == 3; }));
  silent.clear();
  EXPECT_TRUE(until([&] { return counters_.value(WorkerEvent::kTlsFailed) == LinkDoor::kMaxHandshakes; }));
  ScriptedWorker& made = worker("far-1", far_);
  EXPECT_TRUE(until([&] { return made.count(Envelope::kGatewayHello) == 1; }))
      << "it comes in as soon as there is room";
}

TEST_F(LinkDoorTest, WithoutKeysNobodyComesIn) {
  door_->set_keys(nullptr);
  worker("far-1", far_);
  EXPECT_TRUE(until([&] { return counters_.value(WorkerEvent::kTooManyHandshakes) == 1; }));
}

TEST_F(LinkDoorTest, WhoHasATokenIsAskedForItAndAnsweredAndIsNoWorker) {
  const auto context = tls::LinkContexts::joining(tls::facts_of(authority_.certificate)->fingerprint).value();
  std::optional<Result<std::string>> answer;
  std::shared_ptr<ipc::JoinExchange> exchange;
  ipc::async_dial(io_.get_executor(), door_->endpoint(), "127.0.0.1", context, 5000ms,
                  [&](Result<ipc::Connection> connection) {
                    exchange = ipc::JoinExchange::create(std::move(connection).value(), 5000ms);
                    exchange->send("please", [&](const Status&) {
                      exchange->receive([&](Result<std::string> body) { answer.emplace(std::move(body)); });
                    });
                  });
  ASSERT_TRUE(until([&] { return asks_.size() == 1; }));
  EXPECT_EQ(asks_[0].request, "please");
  EXPECT_EQ(asks_[0].peer, "127.0.0.1");
  asks_[0].answer("here you are");
  ASSERT_TRUE(until([&] { return answer.has_value(); }));
  EXPECT_EQ(answer->value(), "here you are");
  EXPECT_TRUE(assignment_.workers().empty());
  exchange->close();
}

}  // namespace
}  // namespace earshot::gateway
