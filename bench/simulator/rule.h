// Every rule of the device protocol that a server can break, by name. A broken rule ends a run with
// exit code 2. The list is the contract of `earshot-sim`:
// names are written to --json and stderr and looked for by tests. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace earshot::simulator {

enum class Rule {
  // OTA answer (device-protocol 1.2, 1.4)
  kOtaNot200,           // the firmware takes exactly 200 for an answer
  kOtaBadJson,          // the body is not a JSON object
  kOtaKeyTooLong,       // a member name over 15 characters in `mqtt`/`websocket`: boot loop
  kOtaStringTooLong,    // a string over 4000 bytes: boot loop
  kOtaNumberNotInt32,   // stored as int32: another value comes back
  kOtaEndpoint,         // a scheme, no host, or a port that std::stoi cannot read: crash
  kOtaFieldMissing,     // client_id or publish_topic: connects badly, or can never speak (trap 6)
  kOtaFirmwareVersion,  // a part that std::stoi cannot read: crash
  kOtaServerTime,       // no UTC milliseconds plus minutes (trap 34)
  kOtaCodeNotDigits,    // the firmware has sounds for 0 to 9 only
  kOtaFirmwareLoop,     // `force` of the version that it runs: installs it at each boot
  // hello (3)
  kHelloTimeout,      // none within 10 s of the device's hello
  kHelloBadField,     // the device ignores such a hello
  kHelloSpontaneous,  // nobody asked: keys and counters change within a session
  kHelloUnplayable,   // audio_params that the device's decoder cannot open (7.2): silence
  kHelloNonceForm,    // the nonce is not a header of type 1 with zeros at flags, length, timestamp, sequence
  kHelloKeyReused,    // the key of an earlier hello: counters start again, so does the keystream (4.6)
  kSessionIdUnsafe,   // the device echoes it without escaping: only [A-Za-z0-9_-]
  kHelloNoTransport,  // WebSocket: no string `transport`: the firmware dereferences NULL (trap 28)
  // Control messages (6.2)
  kBadJson,              // not an object with a string `type`
  kMessageTooLong,       // over 16 KiB (2.1)
  kMissingField,         // a required member is missing or of another type
  kAlertMissingField,    // alert without status, message and emotion (trap 36)
  kUnknownEmotion,       // not one of the 21 names
  kTextTooLong,          // a subtitle longer than any screen keeps
  kGoodbyeWrongSession,  // not a session this device has named: ignored (trap 12)
  // Order of a turn (6.3, 6.4, 7.3)
  kSpeechWithoutChannel,      // tts start without a session: hangs the device (trap 38)
  kSpeakingBeforeListenStop,  // tts start while the talk key of manual mode is held
  kSttMissing,                // the user spoke, and the answer begins without stt
  kOrder63,                   // stt, llm, tts start, sentence_start and audio, tts stop
  kTtsStartTwice,             // a second start without stop
  kTtsStopMissing,            // the speech has ended, the device hangs in Speaking
  kTtsStopBeforeAudioEnd,     // audio after tts stop, or a stop well before the last frame has played
  kAudioBeforeTtsStart,       // audio before tts start: thrown away
  kAbortWithoutStop,          // an abort must always be answered by tts stop (trap 18)
  // WebSocket (5)
  kWsProtocol,       // not RFC 6455: a masked frame, a reserved bit, a compressed message
  kWsFrameTooShort,  // no room for the head
  kWsFrameHead,      // version, type; JSON in a binary frame
  kWsPayloadSize,    // not what follows; with more the firmware reads behind its memory (trap 28)
  kWsGoodbye,        // goodbye means nothing there: the socket is to be closed
  // Speech to an idle device (gateway/xiaozhi/speak_request.h: of a proposal)
  kSpeakRequestUnasked,   // the device did not announce that it knows it, and ignores it
  kSpeakReadyUnanswered,  // the device shows itself speaking, and no speech comes
  kNotifyBad,  // a notify of which the firmware takes nothing, or a file that it cannot fetch or play
  // UDP (4.3, 4.5, 4.6, 7.3)
  kDatagramTooShort,
  kDatagramTooLong,  // over 1400 bytes
  kPacketType,       // byte 0 is not 1
  kPayloadLengthMismatch,
  kFirstSequenceNotOne,
  kSequenceNotIncreasing,
  kDirectionFlagMissing,  // flags bit 7: both directions would share a keystream
  kTimestampNotGrowing,   // counter blocks of neighbours would overlap
  kCounterReuse,          // a counter block was used before, in either direction
  kWrongSourceAddress,    // not the address and port of the hello
  kAudioToOldPort,        // audio for a session that is over (trap 10)
  kLeadTooLong,           // over 35 frames ahead of playback
  kBurst,                 // over 10 frames within 10 ms (small chips reboot)
  kQueueOverflow,         // the device's queue of packets was full
  kOpusInvalid,           // the payload does not decode
  kOpusFrameTooLong,      // more audio in a packet than frame_duration
  // MCP (8)
  kMcpBadRequest,    // no jsonrpc "2.0", no method, params not an object: dropped without answer
  kMcpIdNotNumber,   // dropped without answer
  kMcpIdNotInt32,    // answered under another id
  kMcpUserOnlyTool,  // named although it was not offered to the server (trap 27)
  kMcpUnknownTool,
  kMcpUnasked,  // the device did not announce MCP
  kCount,
};

inline constexpr std::array<std::string_view, static_cast<std::size_t>(Rule::kCount)> kRuleNames{
    "ota_not_200",
    "ota_bad_json",
    "ota_key_too_long",
    "ota_string_too_long",
    "ota_number_not_int32",
    "ota_endpoint",
    "ota_field_missing",
    "ota_firmware_version",
    "ota_server_time",
    "ota_code_not_digits",
    "ota_firmware_loop",
    "hello_timeout",
    "hello_bad_field",
    "hello_spontaneous",
    "hello_unplayable",
    "hello_nonce_form",
    "hello_key_reused",
    "session_id_unsafe",
    "hello_no_transport",
    "bad_json",
    "message_too_long",
    "missing_field",
    "alert_missing_field",
    "unknown_emotion",
    "text_too_long",
    "goodbye_wrong_session",
    "speech_without_channel",
    "speaking_before_listen_stop",
    "stt_missing",
    "order_6_3",
    "tts_start_twice",
    "tts_stop_missing",
    "tts_stop_before_audio_end",
    "audio_before_tts_start",
    "abort_without_stop",
    "ws_protocol",
    "ws_frame_too_short",
    "ws_frame_head",
    "ws_payload_size",
    "ws_goodbye",
    "speak_request_unasked",
    "speak_ready_unanswered",
    "notify_bad",
    "datagram_too_short",
    "datagram_too_long",
    "packet_type",
    "payload_length_mismatch",
    "first_sequence_not_one",
    "sequence_not_increasing",
    "direction_flag_missing",
    "timestamp_not_growing",
    "counter_reuse",
    "wrong_source_address",
    "audio_to_old_port",
    "lead_too_long",
    "burst",
    "queue_overflow",
    "opus_invalid",
    "opus_frame_too_long",
    "mcp_bad_request",
    "mcp_id_not_number",
    "mcp_id_not_int32",
    "mcp_user_only_tool",
    "mcp_unknown_tool",
    "mcp_unasked",
};

constexpr std::string_view name(Rule rule) {
  return kRuleNames[static_cast<std::size_t>(rule)];
}

struct Violation {
  Rule rule = Rule::kCount;
  std::string detail;  // what was seen; no keys, no passwords
};
using Violations = std::vector<Violation>;

}  // namespace earshot::simulator
