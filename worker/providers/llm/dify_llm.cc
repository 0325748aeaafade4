#include "worker/providers/llm/dify_llm.h"

#include <utility>

#include "worker/providers/llm/dialogue_ids.h"
#include "worker/providers/llm/dify_reader.h"
#include "worker/providers/llm/http_reply.h"
#include "worker/providers/llm/openai_messages.h"

namespace earshot::worker {

namespace {

std::string_view path_of(DifySettings::Mode mode) {
  switch (mode) {
    case DifySettings::Mode::kChat:
      return "/chat-messages";
    case DifySettings::Mode::kCompletion:
      return "/completion-messages";
    case DifySettings::Mode::kWorkflow:
      return "/workflows/run";
  }
  return "";
}

class DifyLlm final : public LlmProvider {
 public:
  DifyLlm(DifySettings settings, const ProviderContext& context)
      : settings_(std::move(settings)), context_(context), ids_(std::make_shared<DialogueIds>()) {}

  bool remembers() const override { return settings_.mode == DifySettings::Mode::kChat; }

  std::unique_ptr<LlmStream> chat(LlmRequest request, Executor, LlmCallbacks callbacks) override {
    HttpReplyPlan plan;
    plan.label = service_label("dify", settings_.service.base_url);
    if (last_words(request).empty()) {
      return refuse_reply(context_, plan.label, Error{ErrorCode::kInvalid, "there is nothing to answer"},
                          std::move(callbacks));
    }
    plan.context = ReplyContext::of(request);
    plan.make_reader = [workflow = settings_.mode == DifySettings::Mode::kWorkflow] {
      return std::make_unique<DifyReader>(workflow);
    };
    const std::string known = remembers() ? ids_->find(request.session).dialogue : std::string();
    plan.call = call(request, known);
    if (remembers()) {
      plan.on_identified = [ids = ids_, session = request.session](const ReplyEvents& events) {
        if (!events.dialogue_id.empty()) {
          ids->remember(session, {.dialogue = events.dialogue_id, .open_chat = {}});
        }
      };
    }
    plan.habit = habit_;
    if (!known.empty()) {
      // 404: Dify has deleted the conversation.
      plan.amend = [ids = ids_, session = request.session, fresh = call(request, {}), asked = false](
                       int status, std::string_view) mutable -> std::optional<HttpCall> {
        if (status != 404 || std::exchange(asked, true)) return std::nullopt;
        ids->forget(session);
        return fresh;
      };
    }
    return start_http_reply(context_, std::move(plan), std::move(callbacks));
  }

 private:
  HttpCall call(const LlmRequest& request, const std::string& conversation_id) const {
    return json_call(settings_.service, path_of(settings_.mode),
                     json::serialize(dify_request(settings_, request, conversation_id)));
  }

  DifySettings settings_;
  ProviderContext context_;
  // Shared with answers under way.
  std::shared_ptr<DialogueIds> ids_;
  std::shared_ptr<ThoughtHabit> habit_ = std::make_shared<ThoughtHabit>();
};

}  // namespace

DifySettings read_dify(ConfigSection& section) {
  DifySettings settings;
  read_service(section, settings.service);
  std::string mode = "chat";
  section.read_choice("mode", mode, {"chat", "completion", "workflow"});
  if (mode == "completion") settings.mode = DifySettings::Mode::kCompletion;
  if (mode == "workflow") settings.mode = DifySettings::Mode::kWorkflow;
  read_json(section, "inputs", settings.inputs);
  return settings;
}

std::unique_ptr<LlmProvider> make_dify(DifySettings settings, const ProviderContext& context) {
  return std::make_unique<DifyLlm>(std::move(settings), context);
}

json::object dify_request(const DifySettings& settings, const LlmRequest& request,
                          const std::string& conversation_id) {
  json::object body;
  json::object inputs = settings.inputs;
  const std::string words = last_words(request);
  if (settings.mode == DifySettings::Mode::kChat) {
    body["query"] = words;
    body["conversation_id"] = conversation_id;
  } else {
    inputs["query"] = words;
  }
  body["inputs"] = std::move(inputs);
  body["response_mode"] = "streaming";
  body["user"] = request.device.empty() ? std::string("earshot") : request.device;
  return body;
}

}  // namespace earshot::worker
