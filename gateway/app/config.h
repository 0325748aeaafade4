// The gateway's configuration: YAML and command line in, typed values out.
// `earshot-gateway --check-config` prints the effective ones.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/base/secret.h"
#include "common/http/client_address.h"
#include "common/ipc/endpoint.h"
#include "gateway/control/devices/admission.h"
#include "gateway/process/spawn_policy.h"

namespace earshot::gateway {

struct MqttConfig {
  bool supervised = true;            // mode: supervised (a private mosquitto) or external
  std::string listen = "127.0.0.1";  // supervised: where devices connect
  std::string host = "127.0.0.1";    // external: where the broker is
  std::uint16_t port = 1883;         // told to devices; 8883 makes them use TLS
  std::string user = "earshot-gateway";
  Secret password;                  // external only; supervised makes a new one each run
  std::string ca_file;              // external only: TLS when given
  std::filesystem::path mosquitto;  // supervised; empty: the system's
  std::filesystem::path plugin;     // supervised; empty: beside the gateway's binary
};

struct UdpConfig {
  std::string listen = "127.0.0.1";
  std::uint16_t port = 8884;  // shard i: +i
  std::uint32_t shards = 1;
};

struct HttpTlsConfig {
  std::filesystem::path certificate;  // PEM, with what leads to its authority; empty: plain HTTP only
  std::filesystem::path key;          // PEM, without a pass phrase
  // Where TLS is spoken beside the plain http.port; 0: on http.port itself, plainly with this host only.
  std::uint16_t port = 0;
};

struct HttpConfig {
  std::string listen = "127.0.0.1";
  std::uint16_t port = 8003;
  Milliseconds session_idle = std::chrono::hours(12);  // of a browser's log-in
  Milliseconds session_absolute = std::chrono::hours(24 * 7);
  std::string public_url;  // how browsers reach the console; empty: http(s)://<announce_address>:<port>
  http::TrustedProxies trusted_proxies;
  HttpTlsConfig tls;

  bool is_secure_port() const { return !tls.certificate.empty() && tls.port == 0; }  // http.port speaks TLS
};

struct OtaDoorConfig {
  bool offers_mqtt = true;  // to devices that are not set to WebSocket (ota.offer)
  bool offers_websocket = false;
  std::string websocket_url;  // empty: this gateway's own door; else a server of yours, which gets no token
  int websocket_version = 1;  // of the binary frames
};

struct WebSocketConfig {
  bool enabled = true;     // at /xiaozhi/v1/ of the HTTP port
  std::uint16_t port = 0;  // and at any path of its own port; 0: none
  bool require_token = true;
  Secret established_key;  // of the established server's tokens; empty: those are not taken
  int token_days = 365;    // devices keep theirs from boot to boot
};

struct RealtimeConfig {
  bool enabled = true;      // OpenAI Realtime at /v1/realtime of the HTTP port
  bool require_key = true;  // false: whoever reaches the port may talk
};

struct CozeConfig {
  bool enabled = true;      // Coze's chat at /v1/chat of the HTTP port
  bool require_key = true;  // false: whoever reaches the port may talk
};

struct MetricsConfig {
  bool remote = false;  // /metrics answers others than this host
  // Spawned worker i serves its own on loopback at + i - 1; 0: none does.
  std::uint16_t first_worker_port = 0;
};

struct WorkersConfig {
  SpawnRange spawn;                   // how many processes of its own
  std::vector<ipc::Endpoint> listen;  // one a shard
  std::vector<ipc::Endpoint>
      remote_listen;              // likewise, over TLS for workers of other machines; empty: none come
  std::filesystem::path pki_dir;  // of the authority that these links need; default: <data_dir>/pki
  std::filesystem::path binary;   // empty: beside the gateway's binary
  std::filesystem::path config;   // handed to the workers; empty: none
  Milliseconds open_timeout{3000};
  Milliseconds heartbeat{700};  // a network that drops is noticed after four: within 3 s
};

struct SessionsConfig {
  Milliseconds idle_timeout{60'000};
  std::uint32_t max_per_shard = 10'000;
  Milliseconds resume_within{300'000};  // a device that comes back goes on with its dialogue; 0: begins anew
};

// What is kept of conversations; for how long: StoreConfig.
struct ConversationsConfig {
  bool keep_text = true;
  bool keep_audio = false;
};

// From which firmware on a device can be made to speak while idle, and how; empty: none.
struct SayConfig {
  std::string notify_from = "2.5.0";
  std::string speak_request_from;  // without announcing it
};

struct PacingConfig {
  int lead_frames = 5;
  Milliseconds tail_guard{120};
};

struct CompatConfig {
  Secret key;  // of the established console's daily token; empty: its door is shut
};

struct StoreConfig {
  std::string url;                   // of a PostgreSQL database; empty: <data_dir>/earshot.db
  Secret password;                   // for it; empty: what libpq finds by itself
  std::string gateway;               // this gateway's name there (default: the host's), one of its own
  Secret key;                        // seals secrets in the database; empty: <data_dir>/secrets/store.key
  int keep_conversations_days = 90;  // 0: for ever; so are the others
  int keep_audio_days = 7;
  int keep_audit_days = 365;       // and commands
  int keep_memory_days = 365;      // turns of the diary (docs/memory.md)
  int keep_memory_turns = 20'000;  // of an agent and a device
};

struct GatewayConfig {
  std::filesystem::path data_dir = "data";     // absolute once loaded
  std::string announce_address = "127.0.0.1";  // what devices are told to reach us by
  int timezone_offset_minutes = 0;             // default: this host's; devices show UTC + this
  std::string log_level = "info";
  bool log_json = false;  // one JSON object a line
  Secret device_key;      // empty: <data_dir>/secrets/device.key
  MqttConfig mqtt;
  UdpConfig udp;
  HttpConfig http;
  OtaDoorConfig ota;
  WebSocketConfig websocket;
  RealtimeConfig realtime;
  CozeConfig coze;
  AdmissionMode admission = AdmissionMode::kOpen;  // default: open on loopback, else bind
  bool pin_uuid = false;  // default: where somebody else can ask, or not everybody may
  MetricsConfig metrics;
  WorkersConfig workers;
  SessionsConfig session;
  PacingConfig playout;
  ConversationsConfig conversations;
  SayConfig say;
  CompatConfig compat;
  StoreConfig store;

  std::string effective;  // one "key: value" a line, secrets masked

  std::filesystem::path run_folder() const { return data_dir / "run"; }
  std::filesystem::path secrets_folder() const { return data_dir / "secrets"; }
  // Without a slash at its end.
  std::string console_url() const {
    if (!http.public_url.empty()) return http.public_url;
    return (http.is_secure_port() ? "https://" : "http://") + announce_address + ":" +
           std::to_string(http.port);
  }
  // What devices whose transport is WebSocket are told; empty: there is no such door.
  std::string websocket_url() const {
    if (!ota.websocket_url.empty() || !websocket.enabled) return ota.websocket_url;
    const std::string url = console_url();  // http(s)://...
    return "ws" + url.substr(std::string_view("http").size()) + "/xiaozhi/v1/";
  }
  std::filesystem::path firmware_folder() const { return data_dir / "firmware"; }
  std::filesystem::path store_key_file() const { return data_dir / "secrets" / "store.key"; }
  std::filesystem::path store_file() const { return data_dir / "earshot.db"; }
  std::filesystem::path device_key_file() const { return data_dir / "secrets" / "device.key"; }
};

using ConfigOverrides = std::vector<std::pair<std::string, std::string>>;

// Throws ConfigError with all problems, a line each.
GatewayConfig load_config(const std::optional<std::string>& file, const ConfigOverrides& overrides);

}  // namespace earshot::gateway
