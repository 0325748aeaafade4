// Gives tokens to who administers, and certificates to workers that come with one (docs/deployment.md).
//
// Runs on: the gateway's main executor. Certificates are small files, written rarely.
// Borrows: the clock.
// Bounded: kMaxTokens wait at a time. They are kept in memory as hashes: a restart forgets them.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/base/secret.h"
#include "common/tls/pki_folder.h"
#include "join.pb.h"

namespace earshot::gateway {

class JoinDesk {
 public:
  static constexpr std::size_t kMaxTokens = 64;
  static constexpr Milliseconds kShortestLife{60'000};
  static constexpr Milliseconds kLongestLife{24 * 3600'000};
  // A token that is gone is remembered for so long, to tell why.
  static constexpr Milliseconds kRemembered{24 * 3600'000};

  // `port`: where workers of other machines are awaited.
  JoinDesk(const Clock& clock, tls::PkiFolder pki, std::uint16_t port)
      : clock_(clock), pki_(std::move(pki)), port_(port) {}

  struct Wish {
    Milliseconds valid{15 * 60'000};
    std::string name =
        {};  // of the worker, who replaces one of that name; empty: its own choice, of free names
    std::string host = {};  // by which it is to reach us; empty: the first of the gateway's certificate
  };
  struct Offer {
    Secret line;  // earshot://HOST:PORT/TOKEN
    std::string id;
    std::chrono::system_clock::time_point expires;
  };
  // Errors: kInvalid: a bad name, or a host that the certificate does not bear; kUnavailable: too many tokens wait,
  // or the authority cannot be read.
  Result<Offer> offer(const Wish& wish);

  // What a worker said (proto/join.proto, hostile), and what it is answered. `peer` is for the log.
  std::string answer(std::string_view request, std::string_view peer);

 private:
  enum class State { kWaits, kUsed };
  struct Token {
    std::array<std::uint8_t, 32> secret_hash{};
    std::string name;
    SteadyTime expires;
    State state = State::kWaits;
  };

  ipc::JoinAnswer answer_to(const ipc::JoinRequest& request);
  void forget_old(SteadyTime now);

  const Clock& clock_;
  tls::PkiFolder pki_;
  std::uint16_t port_;
  std::map<std::string, Token> tokens_;  // by id
};

}  // namespace earshot::gateway
