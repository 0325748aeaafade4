// What a worker may send when, and what of it is nonsense:
// the table of docs/protocol_ipc.md as a function. Pure.
#pragma once

#include <array>
#include <string_view>

#include "common/base/wire_limits.h"
#include "ipc.pb.h"

namespace earshot::gateway {

// Where an Envelope from a worker goes, or why it is left out.
enum class WorkerVerdict {
  kHello,
  kLoad,
  kPing,
  kPong,
  kDrain,
  kAgents,       // what it makes of the agents it was given
  kSession,      // belongs to Envelope.session
  kReport,       // about a session that may be over already
  kBadHello,     // no usable id, no capacity
  kBeforeHello,  // anything but a hello first
  kSecondHello,
  kWrongDirection,  // only a gateway may send it
  kNoSession,       // a session's message without a session
  kBadAudio,        // an empty Opus packet or one that no datagram can carry
  kTextTooLong,
};

// A device takes single messages of about 16 KiB (device-protocol 2.1); JSON escapes may double a text.
inline constexpr std::size_t kMaxDownTextBytes = 4 * 1024;
inline constexpr std::size_t kMaxCallWordsBytes = 64 * 1024;  // of an utterance; a minute has 1 kB
inline constexpr std::size_t kMaxNotebookBytes = 64 * 1024;   // 16 reminders and 8 lists of 50 have 40 KiB
inline constexpr std::size_t kMaxMemoryBytes = 32 * 1024;     // a turn's texts have 16 KiB at most
inline constexpr std::size_t kMaxCheckpointBytes =
    192 * 1024;  // as workers write them (conversation_state.h)
// Of a TurnReport: what the worker cuts its texts and its audio to, with room for lengths (turn_journal.h).
inline constexpr std::size_t kMaxReportTextBytes = 8 * 1024;
inline constexpr std::size_t kMaxReportAudioBytes = 100 * 1024;
inline constexpr int kMaxReportTools = 16;
inline constexpr int kMaxAgentProblems = 1000;
inline constexpr std::size_t kMaxWorkerIdBytes = 64;
inline constexpr std::uint32_t kMaxWorkerCapacity = 100'000;

WorkerVerdict judge_worker_envelope(const ipc::Envelope& envelope, bool hello_seen);

}  // namespace earshot::gateway
