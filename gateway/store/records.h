// What the gateway keeps: plain values, as the repositories take and give them.
//
// Times are wall-clock, to show people and to outlive a restart; whatever needs a duration uses the steady
// clock. Texts are UTF-8, cut to their limits before they come here.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/ids.h"

namespace earshot::store {

using WallTime = std::chrono::sys_time<Milliseconds>;

// Which door the OTA answer sends a device to. MQTT unless its owner says otherwise.
enum class DeviceTransport { kMqtt, kWebSocket };

struct Device {
  DeviceId id;
  std::string client_uuid;  // pinned: the first seen with this MAC, or the last its owner confirmed
  std::string board;
  std::string firmware;  // as it told at its last OTA request; may be empty
  std::string language;  // BCP 47; may be empty
  std::string serial;    // of firmware with an eFuse serial number; else empty
  std::string name;      // its owner's
  std::vector<std::string> tags;
  std::string agent;  // empty: the usual one
  std::string owner;  // a user's name; empty: nobody's
  bool bound = false;
  bool blocked = false;     // by an operator: never admitted
  bool auto_update = true;  // takes part in firmware roll-outs
  DeviceTransport transport = DeviceTransport::kMqtt;
  std::uint32_t credential_minimum = 0;  // older credentials are refused
  std::uint32_t credential_issued = 0;   // what the next OTA answer hands out
  WallTime first_seen{};
  WallTime last_seen{};
  std::string last_peer;  // IP address of its last OTA request
  bool operator==(const Device&) const = default;
};

enum class Role { kAdmin, kOperator, kMember };  // a member sees and commands only its own devices

struct User {
  std::string name;           // [a-z0-9._-]{1,32}
  std::string password_hash;  // crypto_pwhash_str (argon2id)
  Role role = Role::kMember;
  bool disabled = false;
  WallTime created{};
  std::optional<WallTime> last_login;
};

struct Token {
  std::string id;    // public part
  std::string hash;  // SHA-256 of the secret part (32 random bytes), hex
  std::string label;
  std::string user;  // whose rights it has, at most
  std::vector<std::string> scopes;
  WallTime created{};
  std::optional<WallTime> expires;
  std::optional<WallTime> last_used;
  std::string parent{};  // the token that made it, and takes it along when it goes; empty: a person
};

// Somebody who commands devices through the broker.
struct BrokerOperator {
  std::string name;           // [a-z0-9-]{1,32}
  std::string password_hash;  // SHA-256 of a password that we made (32 random bytes), hex
  bool user_tools = false;    // may call user-only tools
  bool texts = false;         // hears what was said, in events
  WallTime created{};
};

struct Agent {
  std::string name;    // [a-z0-9_-]{1,32}
  std::string config;  // JSON object, the keys of `agents:` in worker.yaml (docs/agents.md)
  WallTime changed{};
};

// A provider that was set up in the console. `secrets` is sealed (secret_box.h); `config` holds none.
struct Provider {
  std::string stage;    // asr, llm, tts
  std::string name;     // as agents name it
  std::string config;   // JSON object, the keys of `providers:` in worker.yaml
  std::string secrets;  // sealed JSON object: key -> value
  WallTime changed{};
};

struct FirmwareImage {
  std::string id;  // 16 hex
  std::string board;
  std::string version;
  std::string file_name;  // as uploaded, for people
  std::string sha256;     // hex
  std::uint64_t size_bytes = 0;
  bool enabled = false;
  int percentage = 0;           // 0..100 of the board's devices
  std::string minimum_version;  // only devices at this version or above; empty: all
  bool force = false;           // install it even where it is not newer
  std::string notes;
  WallTime created{};
};

enum class CommandState { kQueued, kSent, kAnswered, kFailed, kExpired, kCancelled };

struct Command {
  std::string id;  // [A-Za-z0-9._-]{1,64}; the idempotency key, unique for `by`
  DeviceId device;
  std::string kind;       // tool, tools, reboot, upgrade, alert, say, message
  std::string arguments;  // JSON object: what the kind needs (docs/api.md)
  std::string by;         // user:NAME, token:ID, operator:NAME, compat, system
  bool user_tools = false;
  CommandState state = CommandState::kQueued;
  std::string result;  // JSON; empty before the end
  std::string error_code;
  std::string error_message;
  Milliseconds timeout{};  // from sent to answered
  WallTime created{};
  WallTime expires{};  // queued no longer than this
  std::optional<WallTime> sent;
  std::optional<WallTime> finished;
};

struct Conversation {
  std::string session;  // SessionId
  DeviceId device;
  std::string agent;
  std::string worker;
  WallTime started{};
  std::optional<WallTime> ended;
  std::string end_reason;
  std::uint32_t turns = 0;
};

struct Turn {
  std::string session;
  DeviceId device;
  std::uint32_t number = 0;
  std::string source;  // speech, text, wake_word, server
  std::string end;     // answered, barged_in, ... (turn_trace.h)
  std::string user_text;
  std::string reply_text;  // what was really heard
  std::string trace;       // JSON object: the marks and stages of the turn
  WallTime started{};
  std::optional<Milliseconds> first_audio;  // from the user's last word to the first packet
  std::optional<Milliseconds> overhead;     // the server's own share of it
  bool has_audio = false;                   // told by the store; add() looks at the two below
  std::string user_audio;                   // Opus packets, each behind its 2-byte length; empty: not kept
  std::string reply_audio;
};

struct AuditEntry {
  std::int64_t id = 0;  // given by the store; grows
  WallTime at{};
  std::string who;     // as Command::by
  std::string action;  // device.bind, command.tool, token.create, login.failed, ...
  std::string target;  // device, user, token ...
  std::string detail;  // JSON object without secrets
  std::string peer;    // IP address; empty for MQTT
};

}  // namespace earshot::store
