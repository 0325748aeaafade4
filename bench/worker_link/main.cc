// What a packet costs on the worker link over TLS, against the plain one: both ends in one process, CPU time of both.
// Packets go up in rounds as a shard sends them (one write a round) and come back as a worker answers.
//
//   earshot-bench-worker-link [SESSIONS [ROUNDS]]    default: 200 sessions, 2,000 rounds of 60 ms each
//
// RETURNS: 1 when TLS costs more than 1.3 times the plain link.
#include <sys/resource.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

#include "common/ipc/channel.h"
#include "common/ipc/connect.h"
#include "common/ipc/listener.h"
#include "common/ipc/secure.h"
#include "common/tls/certificates.h"
#include "common/tls/link_contexts.h"

namespace {

using namespace earshot;
using namespace earshot::ipc;

constexpr double kMostCost = 1.3;
constexpr std::size_t kFrameBytes = 160;  // Opus of 60 ms at about 21 kbit/s
constexpr int kRepeats = 5;
constexpr Milliseconds kPatience{5000};

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Contexts {
  tls::TlsContext gateway;
  tls::TlsContext worker;
};

Contexts make_contexts() {
  const auto now = std::chrono::system_clock::now();
  const tls::Validity day{.from = now - std::chrono::hours(1), .until = now + std::chrono::hours(24)};
  const auto authority = tls::make_authority("bench", day).value();
  const auto of = [&](tls::CertificateWish::Kind kind, std::vector<std::string> hosts) {
    return tls::LinkIdentity{
        .authority = authority.certificate,
        .own = tls::issue(authority, {.kind = kind, .name = "b", .hosts = std::move(hosts), .validity = day})
                   .value()};
  };
  return {.gateway =
              tls::LinkContexts::gateway(of(tls::CertificateWish::Kind::kGateway, {"127.0.0.1"}), {}).value(),
          .worker = tls::LinkContexts::worker(of(tls::CertificateWish::Kind::kWorker, {})).value()};
}

// One link with both of its ends, and audio that goes round on it.
class Link {
 public:
  explicit Link(const std::optional<Contexts>& contexts) {
    const char* address = contexts ? "tls:127.0.0.1:0" : "tcp:127.0.0.1:0";
    auto listener = Listener::open(io_.get_executor(), parse_endpoint(address).value()).value();
    listener->start([&](Connection::Socket socket) {
      error_code ignored;
      socket.set_option(asio::ip::tcp::no_delay(true), ignored);
      if (!contexts) return static_cast<void>(gateway_ = Channel::create(std::move(socket)));
      async_secure(std::move(socket), std::make_unique<tls::TlsSession>(contexts->gateway), kPatience,
                   [&](Result<Connection> made) { gateway_ = Channel::create(std::move(made).value()); });
    });
    async_dial(io_.get_executor(), listener->endpoint(), "127.0.0.1",
               contexts ? std::optional(contexts->worker) : std::nullopt, kPatience,
               [&](Result<Connection> made) { worker_ = Channel::create(std::move(made).value()); });
    while (!gateway_ || !worker_) io_.run_one();
    listener->close();
    gateway_->hold_writes();
    gateway_->start({.on_envelope = [](const Envelope&) {},
                     .on_closed = [](const Error&) {},
                     .on_audio_down = [this](const AudioDownView&) { ++back_; }});
    worker_->start({.on_envelope = [this](const Envelope& envelope) { answer(envelope); },
                    .on_closed = [](const Error&) {}});
  }

  // RETURNS: microseconds of CPU a packet, both ends.
  double run(int sessions, int rounds) {
    Envelope up;
    up.mutable_audio_up()->set_opus(std::string(kFrameBytes, 'x'));
    const double before = cpu_seconds();
    for (int round = 0; round < rounds; ++round) {
      back_ = 0;
      for (int session = 1; session <= sessions; ++session) {
        up.set_session(static_cast<std::uint32_t>(session));
        gateway_->send_audio(up);
      }
      gateway_->flush();
      while (back_ < sessions) io_.run_one();
    }
    return (cpu_seconds() - before) * 1e6 / (2.0 * sessions * rounds);
  }

 private:
  void answer(const Envelope& envelope) {
    down_.set_session(envelope.session());
    down_.mutable_audio_down()->set_turn(1);
    down_.mutable_audio_down()->set_opus(envelope.audio_up().opus());
    worker_->send_audio(down_);
  }

  asio::io_context io_{1};
  std::shared_ptr<Channel> gateway_;
  std::shared_ptr<Channel> worker_;
  Envelope down_;
  int back_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const int sessions = argc > 1 ? std::atoi(argv[1]) : 200;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 2000;
  if (sessions < 1 || rounds < 1) {
    std::fprintf(stderr, "usage: earshot-bench-worker-link [SESSIONS [ROUNDS]]\n");
    return 2;
  }
  // Taken in turns, the best of each: another process on the machine costs both alike.
  Link plain{std::nullopt};
  Link secured{make_contexts()};
  double best_plain = 1e9;
  double best_secured = 1e9;
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    best_plain = std::min(best_plain, plain.run(sessions, rounds / kRepeats + 1));
    best_secured = std::min(best_secured, secured.run(sessions, rounds / kRepeats + 1));
  }
  const double ratio = best_secured / best_plain;
  std::printf("sessions %d  plain %.3f us a packet  tls %.3f us a packet  ratio %.2f (at most %.1f)\n",
              sessions, best_plain, best_secured, ratio, kMostCost);
  return ratio <= kMostCost ? 0 : 1;
}
