// What `earshot-sim talk` was asked to do. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/simulator/boot.h"
#include "bench/simulator/device.h"

namespace earshot::simulator {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed =
    1;  // not all of what was asked for: no connection, no answer, a turn not held
inline constexpr int kExitRuleBroken = 2;  // the server broke a rule of the protocol
inline constexpr int kExitUsage = 64;

// What the user says in a turn.
struct Utterance {
  enum class Kind { kSay, kWav, kType };
  Kind kind = Kind::kSay;
  std::string what;  // text, or the path of a WAV file
};

struct TalkOptions {
  BootOptions boot{.ota_url = "http://127.0.0.1:8003/xiaozhi/ota/"};
  std::string mac;                // empty: made from the seed
  std::string client_id;          // empty: made from the MAC
  std::string serial;             // of a chip with an eFuse serial number
  Secret hmac_key;                // its key
  std::string board;              // empty: earshot-sim
  bool websocket = false;         // instead of MQTT and UDP
  std::optional<int> ws_version;  // of its frames; else what OTA says
  std::vector<Utterance> utterances;
  std::size_t turns = 0;  // 0: one per utterance; more: they are repeated
  std::string voice = "slt";
  std::string wake_word;
  std::optional<Milliseconds> barge_in_after;
  std::optional<Utterance> barge_in;
  Milliseconds timeout{60'000};
  std::optional<Milliseconds> stay;  // then the device stays on for so long, or until SIGTERM
  DeviceSettings device;

  std::string out_path;
  std::string record_up_path;
  std::string json_path;  // "-": stdout
  bool quiet = false;
  bool verbose = false;
};

}  // namespace earshot::simulator
