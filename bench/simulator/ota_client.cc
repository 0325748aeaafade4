#include "bench/simulator/ota_client.h"

#include <array>
#include <chrono>
#include <random>

#include "common/base/bytes.h"
#include "common/http/http_client.h"
#include "common/json/json.h"

namespace earshot::simulator {

namespace {

constexpr const char* kFirmwareVersion = "2.4.2";
constexpr auto kAnswerWait = std::chrono::seconds(10);

// A part of what the firmware sends: all that servers are known to read.
std::string system_info(const DeviceIdentity& identity) {
  return json::serialize(
      json::object{{"version", 2},
                   {"language", "en-US"},
                   {"flash_size", 16777216},
                   {"minimum_free_heap_size", "8000000"},
                   {"mac_address", identity.mac},
                   {"uuid", identity.client_id},
                   {"chip_model_name", "esp32s3"},
                   {"chip_info", json::object{{"model", 9}, {"cores", 2}, {"revision", 2}, {"features", 18}}},
                   {"application", json::object{{"name", "xiaozhi"},
                                                {"version", kFirmwareVersion},
                                                {"compile_time", "Jan  1 2026T00:00:00Z"},
                                                {"idf_version", "v5.5"},
                                                {"elf_sha256", std::string(64, '0')}}},
                   {"partition_table", json::array{}},
                   {"ota", json::object{{"label", "ota_0"}}},
                   {"display", json::object{{"monochrome", false}, {"width", 240}, {"height", 240}}},
                   {"board", json::object{{"type", "earshot-sim"},
                                          {"name", "earshot-sim"},
                                          {"manufacturer", "earshot"},
                                          {"ssid", "simulated"},
                                          {"rssi", -50},
                                          {"channel", 1},
                                          {"ip", "127.0.0.1"},
                                          {"mac", identity.mac}}}});
}

}  // namespace

DeviceIdentity make_identity(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::array<std::uint8_t, 22> bytes{};
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
  DeviceIdentity identity{.mac = "02", .client_id = {}};
  for (std::size_t i = 0; i < 5; ++i) identity.mac += ":" + to_hex(ByteView(bytes).subspan(i, 1));
  bytes[6 + 6] = static_cast<std::uint8_t>(0x40 | (bytes[6 + 6] & 0x0f));  // version 4
  bytes[6 + 8] = static_cast<std::uint8_t>(0x80 | (bytes[6 + 8] & 0x3f));  // variant of RFC 4122
  identity.client_id = to_hex(ByteView(bytes).subspan(6, 16));
  for (const std::size_t at : {8U, 13U, 18U, 23U}) identity.client_id.insert(at, "-");
  return identity;
}

Result<OtaAnswer> ask_ota(const std::string& url, const DeviceIdentity& identity, Violations& broken) {
  http::Headers headers;
  headers.add("Activation-Version", "1");
  headers.add("Device-Id", identity.mac);
  headers.add("Client-Id", identity.client_id);
  headers.add("User-Agent", std::string("earshot-sim/") + kFirmwareVersion);
  headers.add("Accept-Language", "en-US");
  headers.add("Content-Type", "application/json");
  const auto answer = http::http_post(url, headers, system_info(identity), kAnswerWait);
  if (!answer) return answer.error();
  return read_ota_answer(answer->status, answer->body, kFirmwareVersion, broken);
}

}  // namespace earshot::simulator
