#include "worker/providers/asr/funasr_asr.h"

#include "worker/providers/asr/funasr_dialogue.h"
#include "worker/providers/asr/ws_asr_config.h"

namespace earshot::worker {

namespace {

constexpr Milliseconds kKeepFunasrIdle{30000};  // provider-protocol 12
// Behind the first decided segment after the end of the speech (provider-protocol 3.2). The C++ server will
// say is_final, so there the quiet is only for those that do not.
constexpr Milliseconds kPySettle{300};
constexpr Milliseconds kCppSettle{1000};

FunasrDialect dialect_of(const std::string& name) {
  if (name == "cpp-offline") return FunasrDialect::kCppOffline;
  if (name == "py-wss") return FunasrDialect::kPyWss;
  return FunasrDialect::kCpp2pass;
}

}  // namespace

FunasrSettings read_funasr(ConfigSection& section) {
  FunasrSettings settings;
  read_ws_url(section, settings.url);
  section.read_secret("api_key", settings.api_key);
  section.read("verify_tls", settings.verify_tls);
  section.read_choice("dialect", settings.dialect, {"cpp-2pass", "cpp-offline", "py-wss"});
  section.read("language", settings.language);
  section.read("itn", settings.itn);
  section.read("hotwords", settings.hotwords);
  read_timeouts(section, settings.timeouts);
  return settings;
}

Result<std::unique_ptr<AsrProvider>> make_funasr(const FunasrSettings& settings,
                                                 const ProviderContext& context) {
  return make_ws_asr(context, [settings](const AsrRequest& asked) {
    const FunasrDialect dialect = dialect_of(settings.dialect);
    WsAsrPlan plan = ws_plan(settings.url, settings.timeouts);
    plan.request.verify_tls = settings.verify_tls;
    if (!settings.api_key.empty()) {
      plan.request.headers.emplace_back("Authorization", "Bearer; " + std::string(settings.api_key.reveal()));
    }
    plan.task.waits_for_start = false;
    plan.task.keep_idle = kKeepFunasrIdle;
    plan.task.settle = dialect == FunasrDialect::kPyWss ? kPySettle : kCppSettle;
    plan.dialogue = std::make_unique<FunasrDialogue>(
        FunasrTask{.dialect = dialect,
                   .language = language_to_ask(settings.language, asked.language),
                   .itn = settings.itn,
                   .hotwords = settings.hotwords});
    return plan;
  });
}

}  // namespace earshot::worker
