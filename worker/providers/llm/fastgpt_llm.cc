#include "worker/providers/llm/fastgpt_llm.h"

#include <utility>

#include "worker/providers/llm/http_reply.h"
#include "worker/providers/llm/openai_messages.h"
#include "worker/providers/llm/openai_reader.h"

namespace earshot::worker {

namespace {

class FastGptLlm final : public LlmProvider {
 public:
  FastGptLlm(FastGptSettings settings, const ProviderContext& context)
      : settings_(std::move(settings)), context_(context) {}

  bool remembers() const override { return settings_.use_chat_id; }

  std::unique_ptr<LlmStream> chat(LlmRequest request, Executor, LlmCallbacks callbacks) override {
    HttpReplyPlan plan;
    plan.label = service_label("fastgpt", settings_.service.base_url);
    if (settings_.use_chat_id && last_words(request).empty()) {
      return refuse_reply(context_, plan.label, Error{ErrorCode::kInvalid, "there is nothing to answer"},
                          std::move(callbacks));
    }
    plan.context = ReplyContext::of(request);
    plan.make_reader = [] { return std::make_unique<OpenAiReader>(); };
    plan.habit = habit_;
    plan.call = json_call(settings_.service, "/chat/completions",
                          json::serialize(fastgpt_request(settings_, request)));
    return start_http_reply(context_, std::move(plan), std::move(callbacks));
  }

 private:
  FastGptSettings settings_;
  ProviderContext context_;
  std::shared_ptr<ThoughtHabit> habit_ = std::make_shared<ThoughtHabit>();  // shared with answers under way
};

}  // namespace

FastGptSettings read_fastgpt(ConfigSection& section) {
  FastGptSettings settings;
  read_service(section, settings.service);
  read_json(section, "variables", settings.variables);
  section.read("use_chat_id", settings.use_chat_id);
  return settings;
}

std::unique_ptr<LlmProvider> make_fastgpt(FastGptSettings settings, const ProviderContext& context) {
  return std::make_unique<FastGptLlm>(std::move(settings), context);
}

json::object fastgpt_request(const FastGptSettings& settings, const LlmRequest& request) {
  const bool remembers = settings.use_chat_id && !request.session.empty();
  LlmRequest spoken;
  spoken.understood = request.understood;
  if (remembers) {
    spoken.dialogue.push_back(
        {.role = Message::Role::kUser, .text = last_words(request), .tool_calls = {}, .tool_call_id = {}});
    spoken.understood = true;  // the words say so themselves
  }
  for (std::size_t i = 0; !remembers && i < request.dialogue.size(); ++i) {
    const Message& message = request.dialogue[i];
    // The prompt at the front is the application's business; an instruction behind the user's words is ours.
    const bool words = message.role == Message::Role::kUser ||
                       (message.role == Message::Role::kSystem && i > 0) ||
                       (message.role == Message::Role::kAssistant && !message.text.empty());
    if (!words) continue;
    spoken.dialogue.push_back(message);
    spoken.dialogue.back().tool_calls.clear();
  }
  // A call that the application wrote into its text: it has no messages for answers.
  if (!remembers && !request.dialogue.empty() && request.dialogue.back().role == Message::Role::kTool) {
    spoken.dialogue.push_back(
        {.role = Message::Role::kUser, .text = last_words(request), .tool_calls = {}, .tool_call_id = {}});
    spoken.understood = true;
  }
  json::object body;
  if (remembers) body["chatId"] = request.session;
  body["stream"] = true;
  body["detail"] = false;
  if (!settings.variables.empty()) body["variables"] = settings.variables;
  body["messages"] = openai_messages(spoken, ToolNames());
  return body;
}

}  // namespace earshot::worker
