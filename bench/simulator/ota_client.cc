#include "bench/simulator/ota_client.h"

#include <array>
#include <chrono>
#include <cstdlib>
#include <random>
#include <utility>

#include "common/base/bytes.h"
#include "common/base/hmac.h"
#include "common/base/sha256.h"
#include "common/http/http_client.h"
#include "common/json/json.h"

namespace earshot::simulator {

namespace {

constexpr auto kHttpWait = std::chrono::seconds(10);

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
                                                {"version", identity.firmware},
                                                {"compile_time", "Jan  1 2026T00:00:00Z"},
                                                {"idf_version", "v5.5"},
                                                {"elf_sha256", std::string(64, '0')}}},
                   {"partition_table", json::array{}},
                   {"ota", json::object{{"label", "ota_0"}}},
                   {"display", json::object{{"monochrome", false}, {"width", 240}, {"height", 240}}},
                   {"board", json::object{{"type", identity.board},
                                          {"name", identity.board},
                                          {"manufacturer", "earshot"},
                                          {"ssid", "simulated"},
                                          {"rssi", -50},
                                          {"channel", 1},
                                          {"ip", "127.0.0.1"},
                                          {"mac", identity.mac}}}});
}

http::Headers headers_of(const DeviceIdentity& identity) {
  http::Headers headers;
  headers.add("Activation-Version", identity.serial.empty() ? "1" : "2");
  headers.add("Device-Id", identity.mac);
  headers.add("Client-Id", identity.client_id);
  if (!identity.serial.empty()) headers.add("Serial-Number", identity.serial);
  headers.add("User-Agent", identity.board + "/" + identity.firmware);
  headers.add("Accept-Language", "en-US");
  headers.add("Content-Type", "application/json");
  return headers;
}

}  // namespace

DeviceIdentity make_identity(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::array<std::uint8_t, 5> bytes{};
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
  DeviceIdentity identity;
  identity.mac = "02";
  for (std::size_t i = 0; i < bytes.size(); ++i) identity.mac += ":" + to_hex(ByteView(bytes).subspan(i, 1));
  identity.client_id = uuid_of(identity.mac);
  return identity;
}

std::string uuid_of(const std::string& mac) {
  auto bytes = sha256(as_bytes("earshot-sim " + mac));
  bytes[6] = static_cast<std::uint8_t>(0x40 | (bytes[6] & 0x0f));  // version 4
  bytes[8] = static_cast<std::uint8_t>(0x80 | (bytes[8] & 0x3f));  // variant of RFC 4122
  std::string uuid = to_hex(ByteView(bytes).first(16));
  for (const std::size_t at : {8U, 13U, 18U, 23U}) uuid.insert(at, "-");
  return uuid;
}

Result<OtaAnswer> ask_ota(const std::string& url, const DeviceIdentity& identity, Violations& broken) {
  const auto answer = http::http_post(url, headers_of(identity), system_info(identity), kHttpWait);
  if (!answer) return answer.error();
  return read_ota_answer(answer->status, answer->body, identity.firmware, broken);
}

Result<int> post_activation(const std::string& url, const DeviceIdentity& identity,
                            const std::string& challenge) {
  std::string body = "{}";
  if (!identity.serial.empty()) {
    const auto hmac = hmac_sha256(as_bytes(identity.hmac_key.reveal()), as_bytes(challenge));
    body = json::serialize(json::object{{"algorithm", "hmac-sha256"},
                                        {"serial_number", identity.serial},
                                        {"challenge", challenge},
                                        {"hmac", to_hex(hmac)}});
  }
  const std::string where = (url.ends_with('/') ? url.substr(0, url.size() - 1) : url) + "/activate";
  const auto answer = http::http_post(where, headers_of(identity), std::move(body), kHttpWait);
  if (!answer) return answer.error();
  return answer->status;
}

Result<Downloaded> download_firmware(const std::string& url) {
  Sha256 hash;
  Downloaded got;
  std::uint64_t promised = 0;
  std::string etag;
  Status head_good = kDone;
  const http::StreamHandlers handlers{
      .on_head =
          [&](const http::Response& head) {
            const std::string length(head.headers.find("Content-Length"));
            promised = std::strtoull(length.c_str(), nullptr, 10);
            etag = head.headers.find("ETag");
            if (head.status != 200) {
              head_good = Error{ErrorCode::kInvalid, "the image's status is " + std::to_string(head.status)};
            } else if (promised == 0) {
              head_good = Error{ErrorCode::kInvalid, "the image comes without Content-Length"};
            }
            return head_good.ok();
          },
      .on_bytes =
          [&](std::string_view bytes) {
            hash.update(as_bytes(bytes));
            got.bytes += bytes.size();
            return got.bytes < promised;
          }};
  const Status streamed = http::stream(url, {}, handlers, kHttpWait);
  if (!head_good) return head_good.error();
  if (!streamed) return streamed.error();
  if (got.bytes != promised) {
    return Error{ErrorCode::kInvalid, "the image ends after " + std::to_string(got.bytes) + " bytes of " +
                                          std::to_string(promised)};
  }
  got.sha256 = to_hex(hash.finish());
  const bool told = etag.size() == got.sha256.size() + 2;
  if (told && etag != '"' + got.sha256 + '"') {
    return Error{ErrorCode::kInvalid, "the image is not the one that its ETag names"};
  }
  return got;
}

}  // namespace earshot::simulator
