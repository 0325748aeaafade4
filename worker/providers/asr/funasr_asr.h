// Speech to text by a FunASR runtime server, on one's own machine as a rule; provider-protocol 3.2.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/secret.h"
#include "common/config/config_reader.h"
#include "worker/providers/asr/ws_asr.h"

namespace earshot::worker {

struct FunasrSettings {
  std::string url = "ws://127.0.0.1:10095/";
  Secret api_key;                     // for a proxy before it; the server itself asks for none
  bool verify_tls = false;            // the server comes with a certificate of its own
  std::string dialect = "cpp-2pass";  // cpp-2pass, cpp-offline, py-wss
  std::string language;               // "auto": the model decides; empty: the conversation's
  bool itn = true;
  std::vector<std::string> hotwords;
  WsAsrTimeouts timeouts{.connect = Milliseconds(3000)};
};

FunasrSettings read_funasr(ConfigSection& section);
Result<std::unique_ptr<AsrProvider>> make_funasr(const FunasrSettings& settings,
                                                 const ProviderContext& context);

}  // namespace earshot::worker
