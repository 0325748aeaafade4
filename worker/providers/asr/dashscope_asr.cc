#include "worker/providers/asr/dashscope_asr.h"

#include "worker/providers/asr/dashscope_dialogue.h"
#include "worker/providers/asr/ws_asr_config.h"

namespace earshot::worker {

namespace {

constexpr Milliseconds kKeepDashscopeIdle{55000};  // the service closes after 60 s (provider-protocol 3.9)

}  // namespace

DashscopeAsrSettings read_dashscope_asr(ConfigSection& section) {
  DashscopeAsrSettings settings;
  read_ws_url(section, settings.url);
  section.read_secret("api_key", settings.api_key);
  section.read("model", settings.model);
  section.read("language", settings.language);
  section.read("vocabulary_id", settings.vocabulary_id);
  read_timeouts(section, settings.timeouts);
  return settings;
}

Result<std::unique_ptr<AsrProvider>> make_dashscope_asr(const DashscopeAsrSettings& settings,
                                                        const ProviderContext& context) {
  if (settings.api_key.empty()) {
    return Error{ErrorCode::kInvalid, "DashScope ASR needs a key: api_key_env or api_key_file"};
  }
  return make_ws_asr(context, [settings](const AsrRequest& asked) {
    WsAsrPlan plan = ws_plan(settings.url, settings.timeouts);
    plan.request.headers.emplace_back("Authorization", "Bearer " + std::string(settings.api_key.reveal()));
    plan.task.keep_idle = kKeepDashscopeIdle;
    plan.dialogue = std::make_unique<DashscopeDialogue>(
        DashscopeTask{.model = settings.model,
                      .language = language_to_ask(settings.language, asked.language),
                      .vocabulary_id = settings.vocabulary_id});
    return plan;
  });
}

}  // namespace earshot::worker
