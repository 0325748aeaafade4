#include "gateway/app/config.h"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <initializer_list>
#include <thread>

#include "common/config/config_reader.h"
#include "common/tls/tls_session.h"
#include "gateway/control/say/version_floor.h"
#include "gateway/store/store_url.h"

namespace earshot::gateway {

namespace {

constexpr std::int64_t kMaxShards = 64;
constexpr std::int64_t kLongestSessionMs = 90LL * 24 * 3600 * 1000;

int host_timezone_offset_minutes() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  return static_cast<int>(local.tm_gmtoff / 60);
}

void read_path(ConfigSection& section, std::string_view key, std::filesystem::path& out) {
  std::string text = out.string();
  section.read(key, text);
  out = text;
}

// It becomes `host:port` in the OTA answer and a name for gethostbyname: a scheme, a port or an IPv6 address
// in it crashes or silences the firmware (device-protocol 2.1, 3.2).
bool is_announceable(const std::string& address) {
  return !address.empty() && address.size() <= 253 && std::ranges::all_of(address, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
}

void read_mqtt(ConfigSection section, MqttConfig& mqtt) {
  std::string mode = "supervised";
  section.read_choice("mode", mode, {"supervised", "external"});
  mqtt.supervised = mode == "supervised";
  section.read("listen", mqtt.listen);
  section.read("host", mqtt.host);
  section.read("port", mqtt.port, {1, 65535});
  section.read("user", mqtt.user);
  section.read_secret("password", mqtt.password);
  section.read("ca_file", mqtt.ca_file);
  read_path(section, "mosquitto", mqtt.mosquitto);
  read_path(section, "plugin", mqtt.plugin);
  if (mqtt.supervised && !mqtt.ca_file.empty()) section.problem("ca_file", "is for mqtt.mode external only");
  if (mqtt.supervised && !mqtt.password.empty()) {
    section.problem("password_file",
                    "is for mqtt.mode external only: a supervised broker gets a new one each run");
  }
}

void read_udp(ConfigSection section, UdpConfig& udp) {
  section.read("listen", udp.listen);
  section.read("port", udp.port, {1, 65535});
  section.read("shards", udp.shards, {1, kMaxShards});
  if (std::uint32_t{udp.port} + udp.shards - 1 > 65535) {
    section.problem("port", "leaves no room for one port a shard: the last would be " +
                                std::to_string(std::uint32_t{udp.port} + udp.shards - 1));
  }
}

// `base` for the first shard, `base.i` (a port i higher over TCP) for the others.
void read_worker_endpoints(ConfigSection& section, const std::string& base, std::uint32_t shards,
                           std::vector<ipc::Endpoint>& out) {
  for (std::uint32_t i = 0; i < shards; ++i) {
    std::string text = base;
    if (i > 0 && base.starts_with("unix:")) text += "." + std::to_string(i);
    auto endpoint = ipc::parse_endpoint(text);
    if (!endpoint) return section.problem("listen", endpoint.error().message);
    if (endpoint->kind == ipc::Endpoint::Kind::kTls)
      return section.problem("listen", "is for workers of this machine: give tls: to remote_listen");
    if (endpoint->kind == ipc::Endpoint::Kind::kTcp) {
      if (endpoint->port == 0 || endpoint->port + i > 65535) {
        return section.problem("listen", "needs a port between 1 and 65535 for each shard");
      }
      endpoint->port = static_cast<std::uint16_t>(endpoint->port + i);
    }
    out.push_back(std::move(endpoint).value());
  }
}

// A port i higher for shard i.
void read_remote_endpoints(ConfigSection& section, std::uint32_t shards, std::vector<ipc::Endpoint>& out) {
  std::string text;
  section.read("remote_listen", text);
  if (text.empty()) return;
  const auto first = ipc::parse_endpoint(text);
  if (!first) return section.problem("remote_listen", first.error().message);
  if (first->kind != ipc::Endpoint::Kind::kTls || !first->is_numeric())
    return section.problem("remote_listen",
                           "must be tls:ADDRESS:PORT with a numeric address, e.g. tls:0.0.0.0:9443");
  if (first->port == 0 || first->port + shards - 1 > 65535)
    return section.problem("remote_listen", "needs a port between 1 and 65535 for each shard");
  for (std::uint32_t i = 0; i < shards; ++i) {
    out.push_back(*first);
    out.back().port = static_cast<std::uint16_t>(first->port + i);
  }
}

// A number, or "auto" with its bounds.
void read_spawn(ConfigSection& section, SpawnRange& spawn) {
  constexpr std::uint32_t kMost = 64;
  std::string wanted = std::to_string(spawn.least);
  section.read("spawn", wanted);
  std::uint32_t least = 1;
  std::uint32_t most = std::clamp(std::thread::hardware_concurrency(), 2U, kMost);
  section.read("spawn_least", least, {1, kMost});
  section.read("spawn_most", most, {1, kMost});
  if (wanted == "auto") {
    if (least > most) section.problem("spawn_least", "must not be above spawn_most");
    spawn = {.least = least, .most = most};
    return;
  }
  std::uint32_t number = 0;
  const auto [end, failure] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), number);
  if (failure != std::errc() || end != wanted.data() + wanted.size() || number > kMost)
    return section.problem("spawn", "must be a number from 0 to 64, or auto (spawn_least, spawn_most)");
  spawn = {.least = number, .most = number};
}

void read_workers(ConfigSection section, const std::filesystem::path& run_folder, std::uint32_t shards,
                  WorkersConfig& workers) {
  read_spawn(section, workers.spawn);
  std::string listen = "unix:" + (run_folder / "workers.sock").string();
  section.read("listen", listen);
  read_path(section, "binary", workers.binary);
  read_path(section, "config", workers.config);
  section.read("open_timeout_ms", workers.open_timeout, {100, 9000});
  section.read("heartbeat_ms", workers.heartbeat, {50, 60'000});
  read_worker_endpoints(section, listen, shards, workers.listen);
  read_remote_endpoints(section, shards, workers.remote_listen);
  read_path(section, "pki_dir", workers.pki_dir);
}

// A key file of ours holds 44 characters; a short key could be guessed from a stolen database.
constexpr std::size_t kMinStoreKeyBytes = 32;
constexpr std::int64_t kMaxDays = 36'500;

void read_store(ConfigSection section, StoreConfig& store) {
  section.read("url", store.url);
  section.read_secret("password", store.password);
  if (!store.url.empty()) {
    if (const Status good = store::check_store_url(store.url); !good)
      section.problem("url", good.error().message);
  } else if (!store.password.empty()) {
    section.problem("password_file", "is for store.url only: the database in data_dir has none");
  }
  store.gateway = store::default_gateway_name();
  section.read("gateway", store.gateway);
  if (!store::is_gateway_name(store.gateway)) {
    section.problem("gateway", "must be at most 32 of a-z, 0-9, '.', '_' and '-'");
  }
  section.read_secret("key", store.key);
  if (!store.key.empty() && store.key.reveal().size() < kMinStoreKeyBytes) {
    section.problem("key", "needs at least 32 characters, e.g. of `openssl rand -base64 32`");
  }
  section.read("keep_conversations_days", store.keep_conversations_days, {0, kMaxDays});
  section.read("keep_audio_days", store.keep_audio_days, {0, kMaxDays});
  section.read("keep_audit_days", store.keep_audit_days, {0, kMaxDays});
  section.read("keep_memory_days", store.keep_memory_days, {0, kMaxDays});
  section.read("keep_memory_turns", store.keep_memory_turns, {1, 1'000'000});
}

bool is_url(const std::string& text, std::initializer_list<std::string_view> schemes) {
  return std::ranges::any_of(schemes, [&](std::string_view scheme) {
    return text.starts_with(scheme) && text.size() > scheme.size() && text.size() <= 1024 &&
           text.find_first_of(" \t\r\n\"") == std::string::npos;
  });
}

void read_tls(ConfigSection section, std::uint16_t plain_port, HttpTlsConfig& tls) {
  read_path(section, "certificate", tls.certificate);
  read_path(section, "key", tls.key);
  section.read("port", tls.port, {0, 65535});
  if (tls.port == plain_port) section.problem("port", "is http.port: leave it out to speak TLS there");
  if (tls.certificate.empty() && tls.key.empty()) {
    if (tls.port != 0) section.problem("port", "needs http.tls.certificate and http.tls.key");
    return;
  }
  if (tls.certificate.empty()) return section.problem("certificate", "is missing: there is a key for one");
  if (tls.key.empty()) return section.problem("key", "is missing: there is a certificate for one");
  const auto loaded = tls::TlsContext::load(tls.certificate, tls.key);
  if (!loaded) section.problem("certificate", loaded.error().message);
}

void read_http(ConfigSection section, HttpConfig& http) {
  section.read("listen", http.listen);
  section.read("port", http.port, {1, 65535});
  section.read("session_idle_ms", http.session_idle, {60'000, kLongestSessionMs});
  section.read("session_absolute_ms", http.session_absolute, {60'000, kLongestSessionMs});
  section.read("public_url", http.public_url);
  if (!http.public_url.empty() && !is_url(http.public_url, {"http://", "https://"})) {
    section.problem("public_url", "must be an http or https address");
  }
  while (http.public_url.ends_with('/')) http.public_url.pop_back();
  section.in_force("public_url", http.public_url);
  read_tls(section.section("tls"), http.port, http.tls);
  std::vector<std::string> proxies;
  section.read("trusted_proxies", proxies);
  auto parsed = http::TrustedProxies::parse(proxies);
  if (!parsed) return section.problem("trusted_proxies", parsed.error().message);
  http.trusted_proxies = std::move(parsed).value();
}

void read_ota(ConfigSection section, OtaDoorConfig& ota) {
  section.read("websocket_url", ota.websocket_url);
  if (!ota.websocket_url.empty() && !is_url(ota.websocket_url, {"ws://", "wss://"})) {
    section.problem("websocket_url", "must be a ws or wss address");
  }
  section.read("websocket_version", ota.websocket_version, {1, 3});
  std::string offer = "mqtt";
  section.read_choice("offer", offer, {"mqtt", "websocket", "both"});
  ota.offers_mqtt = offer != "websocket";
  ota.offers_websocket = offer != "mqtt";
}

void read_realtime(ConfigSection section, RealtimeConfig& realtime) {
  section.read("enabled", realtime.enabled);
  section.read("require_key", realtime.require_key);
}

void read_coze(ConfigSection section, CozeConfig& coze) {
  section.read("enabled", coze.enabled);
  section.read("require_key", coze.require_key);
}

void read_websocket(ConfigSection section, WebSocketConfig& websocket) {
  section.read("enabled", websocket.enabled);
  section.read("port", websocket.port, {0, 65535});
  section.read("require_token", websocket.require_token);
  section.read_secret("established_key", websocket.established_key);
  section.read("token_days", websocket.token_days, {1, kMaxDays});
}

void read_admission(ConfigSection section, GatewayConfig& config) {
  std::vector<std::string> listen{config.udp.listen, config.http.listen};
  // Whom an external broker lets in is not for us to see.
  listen.push_back(config.mqtt.supervised ? config.mqtt.listen : config.mqtt.host);
  std::string mode(name(default_admission(listen)));
  section.read_choice("mode", mode, {"bind", "allow-list", "open"});
  config.admission = parse_admission_mode(mode).value_or(AdmissionMode::kBind);
  // Where nobody else can ask and whoever asks may come in, a pin protects nothing.
  config.pin_uuid =
      config.admission != AdmissionMode::kOpen || default_admission(listen) != AdmissionMode::kOpen;
  section.read("pin_uuid", config.pin_uuid);
}

void read_log(ConfigSection section, GatewayConfig& config) {
  section.read_choice("level", config.log_level, {"trace", "debug", "info", "warn", "error"});
  std::string format = "text";
  section.read_choice("format", format, {"text", "json"});
  config.log_json = format == "json";
}

void read_floor(ConfigSection& section, const char* key, std::string& version) {
  section.read(key, version);
  if (!version.empty() && !VersionFloor::parse(version))
    section.problem(key, "must be a version of dotted numbers, e.g. 2.5.0, or empty");
}

}  // namespace

GatewayConfig load_config(const std::optional<std::string>& file, const ConfigOverrides& overrides) {
  ConfigReader reader = file ? ConfigReader::load(*file) : ConfigReader::empty();
  for (const auto& [key, value] : overrides) reader.override_value(key, value);

  GatewayConfig config;
  config.timezone_offset_minutes = host_timezone_offset_minutes();
  ConfigSection root = reader.root();
  read_path(root, "data_dir", config.data_dir);
  config.data_dir = std::filesystem::absolute(config.data_dir).lexically_normal();
  root.in_force("data_dir", config.data_dir.string());
  root.read("announce_address", config.announce_address);
  if (!is_announceable(config.announce_address)) {
    root.problem("announce_address", "must be an IPv4 address or a host name, without scheme and port");
  }
  root.read("timezone_offset_minutes", config.timezone_offset_minutes, {-14 * 60, 14 * 60});
  root.read_secret("device_key", config.device_key);
  read_log(root.section("log"), config);
  read_mqtt(root.section("mqtt"), config.mqtt);
  read_udp(root.section("udp"), config.udp);
  read_http(root.section("http"), config.http);
  read_ota(root.section("ota"), config.ota);
  read_websocket(root.section("websocket"), config.websocket);
  read_realtime(root.section("realtime"), config.realtime);
  read_coze(root.section("coze"), config.coze);
  if (config.ota.offers_websocket && config.websocket_url().empty())
    root.section("ota").problem("offer", "names WebSocket, which websocket.enabled switches off");
  read_admission(root.section("admission"), config);
  root.section("compat").read_secret("key", config.compat.key);
  ConfigSection metrics = root.section("metrics");
  metrics.read("remote", config.metrics.remote);
  metrics.read("first_worker_port", config.metrics.first_worker_port, {0, 65'000});
  config.workers.pki_dir = config.data_dir / "pki";
  read_workers(root.section("workers"), config.run_folder(), config.udp.shards, config.workers);
  ConfigSection session = root.section("session");
  session.read("idle_timeout_ms", config.session.idle_timeout, {1000, 3'600'000});
  session.read("max_per_shard", config.session.max_per_shard, {1, 1'000'000});
  session.read("resume_within_ms", config.session.resume_within, {0, 86'400'000});
  ConfigSection playout = root.section("playout");
  playout.read("lead_frames", config.playout.lead_frames, {1, 10});
  playout.read("tail_guard_ms", config.playout.tail_guard, {0, 2000});
  ConfigSection conversations = root.section("conversations");
  conversations.read("keep_text", config.conversations.keep_text);
  conversations.read("keep_audio", config.conversations.keep_audio);
  ConfigSection say = root.section("say");
  read_floor(say, "notify_from", config.say.notify_from);
  read_floor(say, "speak_request_from", config.say.speak_request_from);
  read_store(root.section("store"), config.store);
  reader.finish();
  config.effective = reader.effective();
  return config;
}

}  // namespace earshot::gateway
