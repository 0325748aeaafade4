#include "bench/simulator/server_hello.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace earshot::simulator {

namespace {

Error bad(const std::string& what) {
  return {ErrorCode::kInvalid, what};
}

Status read_block(const json::object& udp, std::string_view field, Block& out) {
  const auto text = json::find_string(udp, field);
  if (!text) return bad("udp." + std::string(field) + " is not a string");
  const auto bytes = from_hex(*text);
  if (!bytes || bytes->size() != out.size())
    return bad("udp." + std::string(field) + " is not 32 hex digits");
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return kDone;
}

// cJSON_IsNumber and valueint: a fraction is cut.
void read_number(const json::object& from, std::string_view field, int& out) {
  const json::value* found = from.if_contains(field);
  if (!found || !found->is_number()) return;
  const auto number = found->to_number<double>();
  if (number >= 0 && number <= 1'000'000) out = static_cast<int>(number);
}

}  // namespace

Result<ServerHello> read_server_hello(const json::object& message, const ServerHello& previous,
                                      TransportKind kind) {
  ServerHello hello;
  hello.sample_rate_hz = previous.sample_rate_hz;
  hello.frame_duration_ms = previous.frame_duration_ms;
  const std::string_view wanted = kind == TransportKind::kMqttUdp ? "udp" : "websocket";
  if (json::find_string(message, "transport") != wanted)
    return bad("transport is not \"" + std::string(wanted) + "\"");
  hello.session_id = json::find_string(message, "session_id").value_or("");
  if (const json::object* audio = json::find_object(message, "audio_params")) {
    read_number(*audio, "sample_rate", hello.sample_rate_hz);
    read_number(*audio, "frame_duration", hello.frame_duration_ms);
  }
  if (kind == TransportKind::kWebSocket) return hello;
  const json::object* udp = json::find_object(message, "udp");
  if (!udp) return bad("no udp object");
  const auto host = json::find_string(*udp, "server");
  if (!host || host->empty()) return bad("udp.server is not a host");
  hello.udp_host = *host;
  const json::value* port = udp->if_contains("port");
  if (!port || !port->is_number()) return bad("udp.port is not a number");
  const auto number = port->to_number<double>();
  if (number < 1 || number > 65535) return bad("udp.port is out of range");
  hello.udp_port = static_cast<std::uint16_t>(number);
  if (Status key = read_block(*udp, "key", hello.key); !key) return key.error();
  if (Status nonce = read_block(*udp, "nonce", hello.nonce); !nonce) return nonce.error();
  return hello;
}

bool is_safe_session_id(const std::string& text) {
  const auto safe = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), safe);
}

bool is_playable(int sample_rate_hz, int frame_duration_ms) {
  constexpr std::array kRates{8000, 12000, 16000, 24000, 48000};
  constexpr std::array kDurations{5, 10, 20, 40, 60, 80, 100, 120};
  return std::find(kRates.begin(), kRates.end(), sample_rate_hz) != kRates.end() &&
         std::find(kDurations.begin(), kDurations.end(), frame_duration_ms) != kDurations.end();
}

bool has_nonce_form(const Block& nonce) {
  const DatagramHeader header = read_header(nonce);
  return header.type == kAudioType && header.flags == 0 && header.payload_bytes == 0 &&
         header.timestamp == 0 && header.sequence == 0;
}

}  // namespace earshot::simulator
