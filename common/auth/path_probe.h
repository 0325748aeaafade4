// The question that shows whether UDP reaches the gateway's audio port, and its answer (docs/operations.md,
// Doctor). Pure.
//
// Who may ask is told a ticket and its key by the API; the gateway keeps nothing per ticket, since the key
// follows from the ticket and a secret of the process. Both datagrams have the same 40 bytes, big-endian:
//
//   offset size
//   0      1    0x70 question, 0x71 answer (audio has 0x01, so the fast path never meets one)
//   1      1    version 1
//   2      2    zero
//   4      4    ticket: when it expires, in seconds of the gateway's steady clock
//   8      16   nonce, chosen by the asker, repeated in the answer
//   24     16   HMAC-SHA256(key, bytes 0..23), the first 16 bytes
//
// Against attackers: no amplification (an answer is as long as its question), no reflection without a
// ticket's key, no oracle (everything wrong is silence), bounded cost (PathProbeResponder's rate).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/base/secret.h"

namespace earshot::auth {

inline constexpr std::size_t kPathProbeBytes = 40;
inline constexpr std::uint8_t kPathProbeQuestion = 0x70;
inline constexpr std::uint8_t kPathProbeAnswer = 0x71;

using PathProbeNonce = std::array<std::uint8_t, 16>;
using PathProbeDatagram = std::array<std::uint8_t, kPathProbeBytes>;

struct PathProbeTicket {
  std::uint32_t expires = 0;  // seconds of the gateway's steady clock: opaque to the asker
  Secret key;                 // 32 bytes
};

// The asker's side. is_path_probe_answer: true for the answer to exactly this question.
PathProbeDatagram path_probe_question(const PathProbeTicket& ticket, const PathProbeNonce& nonce);
bool is_path_probe_answer(ByteView datagram, const PathProbeTicket& ticket, const PathProbeNonce& nonce);

// The gateway's side: one makes tickets, each shard has a copy that answers.
// Runs on: one executor, all methods.
// Lifecycle: none; copies share the secret, each has a rate of its own.
class PathProbeResponder {
 public:
  static constexpr std::chrono::seconds kTicketLife{60};
  static constexpr int kChecksPerSecond = 50;  // each costs two HMACs: 2 us

  // REQUIRES: a secret that is not empty, the same for all copies.
  explicit PathProbeResponder(Secret secret) : secret_(std::move(secret)) {}

  PathProbeTicket ticket(SteadyTime now) const;
  // The answer, or nothing for anything that is not a good question in time and within the rate.
  std::optional<PathProbeDatagram> answer(ByteView datagram, SteadyTime now);

 private:
  Secret key_of(std::uint32_t expires) const;

  Secret secret_;
  SteadyTime second_{};
  int checked_in_second_ = 0;
};

}  // namespace earshot::auth
