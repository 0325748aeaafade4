// Speech to text by Deepgram's live recognition; provider-protocol 3.14.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/secret.h"
#include "common/config/config_reader.h"
#include "worker/providers/asr/ws_asr.h"

namespace earshot::worker {

struct DeepgramSettings {
  std::string url = "wss://api.deepgram.com/v1/listen";  // without parameters
  Secret api_key;
  std::string model = "nova-3-general";
  std::string language;  // empty: the conversation's; "multi", which also stands for none: several at once
  std::vector<std::string> keyterms;
  WsAsrTimeouts timeouts;
};

DeepgramSettings read_deepgram(ConfigSection& section);
// kInvalid: no key.
Result<std::unique_ptr<AsrProvider>> make_deepgram(const DeepgramSettings& settings,
                                                   const ProviderContext& context);

}  // namespace earshot::worker
