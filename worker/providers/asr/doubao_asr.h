// Speech to text by Volcengine's streaming recognition ("sauc", Doubao); provider-protocol 3.4.
#pragma once

#include <memory>
#include <string>

#include "common/base/secret.h"
#include "common/config/config_reader.h"
#include "worker/providers/asr/ws_asr.h"

namespace earshot::worker {

struct DoubaoAsrSettings {
  // .../bigmodel_async answers when something changes, .../bigmodel to each packet, .../bigmodel_nostream at
  // the end, in more languages.
  std::string url = "wss://openspeech.bytedance.com/api/v3/sauc/bigmodel_async";
  std::string app_id;  // with access_token: keys of the older console
  Secret access_token;
  Secret api_key;  // of the newer console, instead of both
  std::string resource_id = "volc.bigasr.sauc.duration";
  std::string model = "bigmodel";
  std::string language;  // e.g. "en-US", for bigmodel_nostream only
  std::string boosting_table;
  WsAsrTimeouts timeouts;
};

DoubaoAsrSettings read_doubao_asr(ConfigSection& section);
// kInvalid: neither api_key nor app_id and access_token.
Result<std::unique_ptr<AsrProvider>> make_doubao_asr(const DoubaoAsrSettings& settings,
                                                     const ProviderContext& context);

}  // namespace earshot::worker
