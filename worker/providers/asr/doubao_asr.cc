#include "worker/providers/asr/doubao_asr.h"

#include <array>

#include "common/base/bytes.h"
#include "common/base/random.h"
#include "worker/providers/asr/doubao_dialogue.h"
#include "worker/providers/asr/ws_asr_config.h"

namespace earshot::worker {

namespace {

std::string random_uuid() {
  std::array<std::uint8_t, 16> bytes{};
  fill_random(bytes);
  const std::string hex = to_hex(bytes);
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" + hex.substr(16, 4) + "-" +
         hex.substr(20);
}

}  // namespace

DoubaoAsrSettings read_doubao_asr(ConfigSection& section) {
  DoubaoAsrSettings settings;
  read_ws_url(section, settings.url);
  section.read("app_id", settings.app_id);
  section.read_secret("access_token", settings.access_token);
  section.read_secret("api_key", settings.api_key);
  section.read("resource_id", settings.resource_id);
  section.read("model", settings.model);
  section.read("language", settings.language);
  section.read("boosting_table", settings.boosting_table);
  read_timeouts(section, settings.timeouts);
  return settings;
}

Result<std::unique_ptr<AsrProvider>> make_doubao_asr(const DoubaoAsrSettings& settings,
                                                     const ProviderContext& context) {
  if (settings.api_key.empty() && (settings.app_id.empty() || settings.access_token.empty())) {
    return Error{ErrorCode::kInvalid, "Doubao ASR needs api_key, or app_id and access_token"};
  }
  return make_ws_asr(context, [settings](const AsrRequest&) {
    WsAsrPlan plan = ws_plan(settings.url, settings.timeouts);
    auto& headers = plan.request.headers;  // provider-protocol A8
    if (!settings.api_key.empty()) {
      headers.emplace_back("X-Api-Key", std::string(settings.api_key.reveal()));
    } else {
      headers.emplace_back("X-Api-App-Key", settings.app_id);
      headers.emplace_back("X-Api-Access-Key", std::string(settings.access_token.reveal()));
    }
    headers.emplace_back("X-Api-Resource-Id", settings.resource_id);
    headers.emplace_back("X-Api-Connect-Id", random_uuid());
    plan.dialogue = std::make_unique<DoubaoDialogue>(DoubaoTask{
        .model = settings.model, .language = settings.language, .boosting_table = settings.boosting_table});
    return plan;
  });
}

}  // namespace earshot::worker
