// Links over TLS, on loopback: who comes in, and what each end is told when it does not.
#include "common/ipc/secure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "common/ipc/channel.h"
#include "common/ipc/connect.h"
#include "common/ipc/listener.h"
#include "common/tls/certificates.h"
#include "common/tls/link_contexts.h"

namespace earshot::ipc {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

struct Ends {
  std::optional<Result<Connection>> gateway;
  std::optional<Result<Connection>> worker;
};

class SecureTest : public testing::Test {
 protected:
  static tls::Validity validity(std::chrono::hours from = -24h, std::chrono::hours until = 24h) {
    const auto now = std::chrono::system_clock::now();
    return {.from = now + from, .until = now + until};
  }
  tls::Identity issued(const tls::Identity& authority, tls::CertificateWish::Kind kind,
                       const std::string& name, const tls::Validity& when = validity()) {
    const bool gateway = kind == tls::CertificateWish::Kind::kGateway;
    return tls::issue(authority, {.kind = kind,
                                  .name = name,
                                  .hosts = gateway ? std::vector<std::string>{"127.0.0.1", "gw.example"}
                                                   : std::vector<std::string>{},
                                  .validity = when})
        .value();
  }
  tls::LinkIdentity gateway_identity(const tls::Validity& when = validity()) {
    return {.authority = authority_.certificate,
            .own = issued(authority_, tls::CertificateWish::Kind::kGateway, "gw", when)};
  }
  tls::LinkIdentity worker_identity(const tls::Validity& when = validity()) {
    return {.authority = authority_.certificate,
            .own = issued(authority_, tls::CertificateWish::Kind::kWorker, "w1", when)};
  }
  static tls::TlsContext gateway(const tls::LinkIdentity& identity,
                                 std::set<std::string, std::less<>> revoked = {}) {
    return tls::LinkContexts::gateway(identity, std::move(revoked)).value();
  }
  static tls::TlsContext worker(const tls::LinkIdentity& identity) {
    return tls::LinkContexts::worker(identity).value();
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
  // Both ends of one attempt.
  Ends meet(const tls::TlsContext& gateway, const tls::TlsContext& worker,
            const std::string& name = "gw.example", Milliseconds patience = 5000ms) {
    Ends ends;
    auto listener = Listener::open(io_.get_executor(), parse_endpoint("tls:127.0.0.1:0").value()).value();
    listener->start([&](Connection::Socket socket) {
      async_secure(std::move(socket), std::make_unique<tls::TlsSession>(gateway), patience,
                   [&](Result<Connection> connection) { ends.gateway.emplace(std::move(connection)); });
    });
    async_dial(io_.get_executor(), listener->endpoint(), name, worker, patience,
               [&](Result<Connection> connection) { ends.worker.emplace(std::move(connection)); });
    EXPECT_TRUE(until([&] { return ends.gateway && ends.worker; }));
    listener->close();
    return ends;
  }
  // What a worker is told that was refused behind its own handshake (TLS 1.3 ends the client's end first).
  std::string told(Result<Connection> connection) {
    if (!connection) return connection.error().message;
    std::string why;
    auto channel = Channel::create(std::move(connection).value());
    channel->start({.on_envelope = [](const Envelope&) {},
                    .on_closed = [&](const Error& error) { why = error.message; }});
    EXPECT_TRUE(until([&] { return !why.empty(); }));
    return why;
  }

  asio::io_context io_{1};
  tls::Identity authority_ = tls::make_authority("ours", validity()).value();
};

TEST_F(SecureTest, BothEndsKnowWhoTheOtherIs) {
  Ends ends = meet(gateway(gateway_identity()), worker(worker_identity()));
  ASSERT_TRUE(ends.gateway->ok()) << ends.gateway->error().message;
  ASSERT_TRUE(ends.worker->ok()) << ends.worker->error().message;
  EXPECT_EQ(ends.gateway->value().peer_name(), "w1");
  EXPECT_EQ(ends.worker->value().peer_name(), "gw");
  EXPECT_EQ(ends.gateway->value().tls->protocol(), tls::kLinkProtocol);
}

TEST_F(SecureTest, EnvelopesOfAllSizesPassBothWaysInOrder) {
  Ends ends = meet(gateway(gateway_identity()), worker(worker_identity()));
  ASSERT_TRUE(ends.gateway->ok() && ends.worker->ok());
  auto near = Channel::create(std::move(*ends.gateway).value());
  auto far = Channel::create(std::move(*ends.worker).value());
  std::vector<std::size_t> received;
  std::uint64_t pongs = 0;
  near->start({.on_envelope =
                   [&](const Envelope& envelope) {
                     if (envelope.has_stt()) received.push_back(envelope.stt().text().size());
                     Envelope pong;
                     pong.mutable_pong()->set_token(received.size());
                     near->send(pong);
                   },
               .on_closed = [](const Error&) {}});
  far->start({.on_envelope = [&](const Envelope& envelope) { pongs = envelope.pong().token(); },
              .on_closed = [](const Error&) {}});
  const std::vector<std::size_t> sizes{0, 1, 16'000, 17'000, 200'000, 3, 262'000, 100'000};
  for (const std::size_t size : sizes) {
    Envelope envelope;
    envelope.mutable_stt()->set_text(std::string(size, 'x'));
    far->send(envelope);
  }
  EXPECT_TRUE(until([&] { return pongs == sizes.size(); }));
  EXPECT_EQ(received, sizes);
  near->close();
  far->close();
  io_.restart();
  io_.poll();
}

TEST_F(SecureTest, ARevokedWorkerIsToldSo) {
  const auto identity = worker_identity();
  const auto serial = tls::facts_of(identity.own.certificate)->serial;
  Ends ends = meet(gateway(gateway_identity(), {serial}), worker(identity));
  EXPECT_THAT(ends.gateway->error().message, HasSubstr("is revoked"));
  EXPECT_THAT(told(std::move(*ends.worker)), HasSubstr("revoked this worker's certificate"));
}

TEST_F(SecureTest, AWorkerOfAnotherAuthorityIsToldSo) {
  const auto other = tls::make_authority("theirs", validity()).value();
  const tls::LinkIdentity foreign{.authority = authority_.certificate,
                                  .own = issued(other, tls::CertificateWish::Kind::kWorker, "w1")};
  Ends ends = meet(gateway(gateway_identity()), worker(foreign));
  EXPECT_THAT(ends.gateway->error().message, HasSubstr("of another authority"));
  EXPECT_THAT(told(std::move(*ends.worker)), HasSubstr("does not know the authority"));
}

TEST_F(SecureTest, AnExpiredWorkerIsToldSo) {
  Ends ends = meet(gateway(gateway_identity()), worker(worker_identity(validity(-48h, -1h))));
  EXPECT_THAT(ends.gateway->error().message, HasSubstr("has expired"));
  EXPECT_THAT(told(std::move(*ends.worker)), HasSubstr("has expired"));
}

TEST_F(SecureTest, AGatewayOfAnotherAuthorityNameOrTimeIsNotTrusted) {
  const auto other = tls::make_authority("theirs", validity()).value();
  const tls::LinkIdentity foreign{.authority = other.certificate,
                                  .own = issued(other, tls::CertificateWish::Kind::kGateway, "gw")};
  EXPECT_THAT(meet(gateway(foreign), worker(worker_identity())).worker->error().message,
              HasSubstr("of another authority"));
  EXPECT_THAT(
      meet(gateway(gateway_identity()), worker(worker_identity()), "other.example").worker->error().message,
      HasSubstr("does not bear the name"));
  EXPECT_THAT(
      meet(gateway(gateway_identity(validity(-48h, -1h))), worker(worker_identity())).worker->error().message,
      HasSubstr("has expired"));
  EXPECT_THAT(
      meet(gateway(gateway_identity(validity(12h, 24h))), worker(worker_identity())).worker->error().message,
      HasSubstr("a clock is wrong"));
}

// A stolen worker's key must not be good for posing as a gateway.
TEST_F(SecureTest, AWorkersCertificateIsNoGateways) {
  Ends ends = meet(gateway(worker_identity()), worker(worker_identity()));
  EXPECT_THAT(ends.worker->error().message, HasSubstr("is not a gateway's"));
}

TEST_F(SecureTest, AGatewaysCertificateIsNoWorkers) {
  Ends ends = meet(gateway(gateway_identity()), worker(gateway_identity()));
  EXPECT_THAT(ends.gateway->error().message, HasSubstr("is not a worker's"));
}

TEST_F(SecureTest, WhoHasATokenTrustsItsAuthorityOnlyAndShowsNoCertificate) {
  const auto fingerprint = tls::facts_of(authority_.certificate)->fingerprint;
  Ends ends = meet(gateway(gateway_identity()), tls::LinkContexts::joining(fingerprint).value());
  ASSERT_TRUE(ends.gateway->ok()) << ends.gateway->error().message;
  EXPECT_EQ(ends.gateway->value().tls->protocol(), tls::kJoinProtocol);
  EXPECT_EQ(ends.gateway->value().peer_name(), "");
  Ends wrong = meet(gateway(gateway_identity()), tls::LinkContexts::joining(std::string(64, '0')).value());
  EXPECT_THAT(wrong.worker->error().message, HasSubstr("of another authority"));
}

TEST_F(SecureTest, PlainTextAtATlsPortIsToldFromTls) {
  std::optional<Result<Connection>> ended;
  auto listener = Listener::open(io_.get_executor(), parse_endpoint("tls:127.0.0.1:0").value()).value();
  const auto context = gateway(gateway_identity());
  listener->start([&](Connection::Socket socket) {
    async_secure(std::move(socket), std::make_unique<tls::TlsSession>(context), 5000ms,
                 [&](Result<Connection> connection) { ended.emplace(std::move(connection)); });
  });
  asio::ip::tcp::socket plain(io_);
  plain.connect({asio::ip::make_address("127.0.0.1"), listener->endpoint().port});
  asio::write(plain, asio::buffer(std::string("\x00\x00\x00\x06\x52\x04\x0a\x02w1", 10)));
  ASSERT_TRUE(until([&] { return ended.has_value(); }));
  EXPECT_THAT(ended->error().message, HasSubstr("it speaks no TLS"));
}

TEST_F(SecureTest, TlsToAPlainPortIsToldFromAGateway) {
  auto listener = Listener::open(io_.get_executor(), parse_endpoint("tls:127.0.0.1:0").value()).value();
  std::optional<Connection::Socket> plain;
  listener->start([&](Connection::Socket socket) {
    plain.emplace(std::move(socket));
    asio::write(*plain, asio::buffer(std::string("HTTP/1.1 400 Bad Request\r\n\r\n")));
  });
  std::optional<Result<Connection>> ended;
  async_dial(io_.get_executor(), listener->endpoint(), "gw.example", worker(worker_identity()), 5000ms,
             [&](Result<Connection> connection) { ended.emplace(std::move(connection)); });
  ASSERT_TRUE(until([&] { return ended.has_value(); }));
  EXPECT_THAT(ended->error().message, HasSubstr("speaks no TLS"));
}

TEST_F(SecureTest, AHandshakeThatStopsHalfWayEnds) {
  std::optional<Result<Connection>> ended;
  auto listener = Listener::open(io_.get_executor(), parse_endpoint("tls:127.0.0.1:0").value()).value();
  const auto context = gateway(gateway_identity());
  listener->start([&](Connection::Socket socket) {
    async_secure(std::move(socket), std::make_unique<tls::TlsSession>(context), 100ms,
                 [&](Result<Connection> connection) { ended.emplace(std::move(connection)); });
  });
  asio::ip::tcp::socket silent(io_);
  silent.connect({asio::ip::make_address("127.0.0.1"), listener->endpoint().port});
  ASSERT_TRUE(until([&] { return ended.has_value(); }));
  EXPECT_EQ(ended->error().code, ErrorCode::kTimeout);
}

TEST_F(SecureTest, WithoutACertificateNothingIsDialled) {
  std::optional<Result<Connection>> ended;
  async_dial(io_.get_executor(), parse_endpoint("tls:127.0.0.1:9").value(), "x", std::nullopt, 5000ms,
             [&](Result<Connection> connection) { ended.emplace(std::move(connection)); });
  ASSERT_TRUE(until([&] { return ended.has_value(); }));
  EXPECT_THAT(ended->error().message, HasSubstr("join with a token"));
}

}  // namespace
}  // namespace earshot::ipc
