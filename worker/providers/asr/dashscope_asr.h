// Speech to text by Alibaba's DashScope (Bailian): Paraformer, Fun-ASR, Gummy realtime;
// provider-protocol 3.9.
#pragma once

#include <memory>
#include <string>

#include "common/base/secret.h"
#include "common/config/config_reader.h"
#include "worker/providers/asr/ws_asr.h"

namespace earshot::worker {

struct DashscopeAsrSettings {
  std::string url = "wss://dashscope.aliyuncs.com/api-ws/v1/inference";
  Secret api_key;
  std::string model = "paraformer-realtime-v2";
  std::string language;  // "auto": the model decides; empty: the conversation's
  std::string vocabulary_id;
  WsAsrTimeouts timeouts;
};

DashscopeAsrSettings read_dashscope_asr(ConfigSection& section);
// kInvalid: no key.
Result<std::unique_ptr<AsrProvider>> make_dashscope_asr(const DashscopeAsrSettings& settings,
                                                        const ProviderContext& context);

}  // namespace earshot::worker
