// What a shard and its sessions count instead of logging (CONVENTIONS 11).
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "common/base/counters.h"
#include "gateway/xiaozhi/control_message.h"

namespace earshot::gateway {

enum class SessionEvent {
  // Sessions.
  kOpened,
  kResumed,   // with the dialogue of an earlier one
  kRefused,   // no worker took it
  kReplaced,  // by a new hello
  kIdleEnded,
  kDeviceSilent,  // it was to send, and nothing came
  kWorkerLost,
  kMoved,          // another worker goes on with it
  kMovedTooOften,  // it lost too many workers, one behind the other
  kTakenUp,        // another gateway had it until now
  kNotTakenUp,     // and this one cannot go on with it: its device is told
  kTableFull,
  kUnknownSessionGoodbye,
  // Datagrams.
  kDatagramTooShort,
  kDatagramWrongType,
  kDatagramTooLarge,
  kDatagramLengthMismatch,
  kFrameLengthMismatch,  // of a WebSocket: not as long as its head says
  kDatagramUnknownSession,
  kDatagramBeforeOpen,
  kDatagramNotOpus,
  kDatagramDuplicate,
  kDatagramTooOld,
  kDatagramUnconfirmedJump,
  kDatagramImplausibleSequence,
  kPeerCandidate,
  kPeerChanged,
  kUplinkFrame,
  kUplinkWhileSpeaking,
  // Control messages of devices.
  kControlTooLarge,
  kControlNotJson,
  kControlNoType,
  kControlBadField,
  kControlUnsupportedAudio,
  kControlUnknownType,
  kControlWrongSession,
  kControlBeforeOpen,
  kControlMended,       // was no JSON and is read all the same
  kControlUnknownMode,  // listen start with no mode or one of the maker's own: as auto
  kControlBrokenReply,  // of MCP, no JSON or too large: the worker's call fails at once
  kDeviceAway,          // lost its connection to the broker during a session
  // Envelopes of workers, and what becomes of them.
  kWorkerUnexpectedBody,
  kWorkerBeforeOpen,
  kWorkerBadMcp,
  kWorkerBadFrame,  // empty, or too large for a datagram
  kSpeechStale,     // of an older turn
  kSpeechOutOfOrder,
  kSpeechOverflow,
  kSpeechFlushedFrames,
  kLiveBehindSpeech,
  kDownlinkFrame,
  kDownlinkRepeated,  // the copy of one, because the network loses much
  kDownlinkNoAddress,
  kPathProbe,  // the doctor's questions about the UDP path that were answered
  kCount
};

inline constexpr std::array<std::string_view, static_cast<std::size_t>(SessionEvent::kCount)>
    kSessionEventNames{"session_opened",
                       "session_resumed",
                       "session_refused",
                       "session_replaced",
                       "session_idle_ended",
                       "session_device_silent",
                       "session_worker_lost",
                       "session_moved",
                       "session_moved_too_often",
                       "session_taken_up",
                       "session_not_taken_up",
                       "session_table_full",
                       "session_unknown_goodbye",
                       "datagram_too_short",
                       "datagram_wrong_type",
                       "datagram_too_large",
                       "datagram_length_mismatch",
                       "frame_length_mismatch",
                       "datagram_unknown_session",
                       "datagram_before_open",
                       "datagram_not_opus",
                       "datagram_duplicate",
                       "datagram_too_old",
                       "datagram_unconfirmed_jump",
                       "datagram_implausible_sequence",
                       "peer_candidate",
                       "peer_changed",
                       "uplink_frame",
                       "uplink_while_speaking",
                       "control_too_large",
                       "control_not_json",
                       "control_no_type",
                       "control_bad_field",
                       "control_unsupported_audio",
                       "control_unknown_type",
                       "control_wrong_session",
                       "control_before_open",
                       "control_mended",
                       "control_unknown_mode",
                       "control_broken_reply",
                       "device_away",
                       "worker_unexpected_body",
                       "worker_before_open",
                       "worker_bad_mcp",
                       "worker_bad_frame",
                       "speech_stale",
                       "speech_out_of_order",
                       "speech_overflow",
                       "speech_flushed_frames",
                       "live_behind_speech",
                       "downlink_frame",
                       "downlink_repeated",
                       "downlink_no_address",
                       "path_probe"};
using SessionCounters = Counters<SessionEvent, kSessionEventNames>;

// REQUIRES: not kGood.
SessionEvent event_of(ControlVerdict verdict);

}  // namespace earshot::gateway
