#include "gateway/doors/ota/ota_answer.h"

#include "common/auth/device_credentials.h"
#include "common/auth/device_language.h"
#include "common/auth/mqtt_topics.h"
#include "common/auth/websocket_token.h"
#include "common/base/clock.h"
#include "common/json/json.h"
#include "gateway/doors/ota/activation_message.h"

namespace earshot::gateway {

namespace {

// Of the firmware's patience: parsed by it, used by none of its releases.
constexpr int kActivationTimeoutMs = 30'000;

// Every firmware takes 8883 for granted, and those up to 1.6.0 take the whole text for a host name, as some
// tools do.
std::string endpoint(const OtaConfig& config) {
  constexpr std::uint16_t kTakenForGranted = 8883;
  if (config.mqtt_port == kTakenForGranted) return config.mqtt_host;
  return config.mqtt_host + ":" + std::to_string(config.mqtt_port);
}

// Without the board. Attack: a device that names another board with each request gets another client id each
// time, and a connection for each.
auth::DeviceCredentials credentials_of(const BootReport& report, std::uint32_t generation,
                                       const OtaConfig& config) {
  return auth::make_credentials(report.device, report.uuid,
                                auth::board_with_language("device", report.language), config.device_key,
                                generation);
}

json::object mqtt_section(const BootReport& report, std::uint32_t generation, const OtaConfig& config) {
  const auto credentials = credentials_of(report, generation, config);
  return {{"endpoint", endpoint(config)},
          {"client_id", credentials.client_id.text},
          {"username", credentials.username},
          {"password", credentials.password.reveal()},
          {"keepalive", config.keepalive_seconds},
          {"publish_topic", auth::up_topic(credentials.client_id.text)},
          // Not read since firmware 1.0.1; older ones and py-xiaozhi subscribe unless it says "null"
          // (section 10, 11).
          {"subscribe_topic", "null"}};
}

json::object websocket_section(const BootReport& report, std::uint32_t generation, const OtaConfig& config,
                               std::chrono::system_clock::time_point now) {
  json::object section{{"url", config.websocket_url}, {"version", config.websocket_version}};
  if (config.websocket_token_life.count() == 0) return section;
  const auto credentials = credentials_of(report, generation, config);
  const auto expiry = std::chrono::floor<std::chrono::seconds>(now) + config.websocket_token_life;
  section["token"] =
      auth::make_websocket_token(config.device_key, auth::websocket_client(credentials.client_id), expiry);
  return section;
}

json::object activation_section(const BootReport& report, const OtaDecision& decision,
                                const OtaConfig& config) {
  json::object section;
  if (!decision.code.empty()) {
    section["message"] = activation_message(report.language, config.console_url, decision.code);
    section["code"] = decision.code;
  }
  section["challenge"] = decision.challenge;
  section["timeout_ms"] = kActivationTimeoutMs;
  return section;
}

json::object firmware_section(const BootReport& report, const OtaDecision& decision) {
  if (!decision.firmware) return {{"version", report.version}, {"url", ""}};
  json::object section{{"version", decision.firmware->version}, {"url", decision.firmware->url}};
  if (decision.firmware->force) section["force"] = 1;
  return section;
}

}  // namespace

std::string compose_ota_answer(const BootReport& report, const OtaDecision& decision, const OtaConfig& config,
                               std::chrono::system_clock::time_point now) {
  json::object answer;
  if (!decision.code.empty() || !decision.challenge.empty()) {
    answer["activation"] = activation_section(report, decision, config);
  } else if (decision.admitted) {
    const bool websocket = !config.websocket_url.empty() && (decision.websocket || config.offers_websocket);
    const bool mqtt = !websocket || (config.offers_mqtt && !decision.websocket);
    if (mqtt) answer["mqtt"] = mqtt_section(report, decision.generation, config);
    if (websocket) answer["websocket"] = websocket_section(report, decision.generation, config, now);
  }
  const auto since_epoch = std::chrono::duration_cast<Milliseconds>(now.time_since_epoch());
  answer["server_time"] =
      json::object{{"timestamp", since_epoch.count()}, {"timezone_offset", config.timezone_offset.count()}};
  answer["firmware"] = firmware_section(report, decision);
  return json::serialize(answer);
}

}  // namespace earshot::gateway
