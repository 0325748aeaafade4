// Recognisers behind a WebSocket: the stream that all of them share. A provider adds its AsrDialogue (pure)
// and a plan for each utterance.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "common/http/websocket_client.h"
#include "worker/providers/asr/asr_dialogue.h"
#include "worker/providers/net/ws_task.h"
#include "worker/providers/provider_context.h"
#include "worker/stages/asr.h"

namespace earshot::worker {

struct WsAsrPlan {
  http::WebSocketRequest request;
  WsTaskSettings task;
  std::unique_ptr<AsrDialogue> dialogue;
};

// How long a service may take (provider-protocol 12).
struct WsAsrTimeouts {
  Milliseconds connect{5000};
  Milliseconds start{5000};  // until the service takes audio
  Milliseconds final{5000};  // from the end of the audio to the transcript
};

// The connection is opened by open(); what is written meanwhile waits for it. Audio leaves in pieces of
// 100 ms. After two minutes of an utterance nothing more is sent. A failure before finish() is told after it,
// as AsrCallbacks asks. Streams may outlive the provider.
std::unique_ptr<AsrProvider> make_ws_asr(const ProviderContext& context,
                                         std::function<WsAsrPlan(const AsrRequest&)> plan);

}  // namespace earshot::worker
