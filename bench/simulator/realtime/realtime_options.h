// What `earshot-sim realtime` was asked to do. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bench/simulator/talk_options.h"
#include "common/base/clock.h"
#include "common/base/secret.h"

namespace earshot::simulator {

struct RealtimeOptions {
  std::string url = "ws://127.0.0.1:8003/v1/realtime";
  std::string key_file = "data/secrets/admin.token";  // when `key` is empty
  Secret key;
  std::string agent = "default";
  std::vector<Utterance> utterances;
  std::string voice = "slt";                   // of the user
  std::string instructions;                    // empty: the agent's
  std::string reply_voice;                     // empty: the agent's
  bool silent = false;                         // answers in writing
  std::optional<Milliseconds> barge_in_after;  // the second utterance comes so long after the first sound
  Milliseconds timeout{60'000};
  std::string out_path;
  std::string json_path;  // "-": stdout
  bool quiet = false;
};

}  // namespace earshot::simulator
