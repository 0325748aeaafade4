#include "worker/providers/llm/coze_llm.h"

#include <algorithm>
#include <utility>

#include "worker/providers/llm/coze_reader.h"
#include "worker/providers/llm/dialogue_ids.h"
#include "worker/providers/llm/http_reply.h"
#include "worker/providers/llm/openai_messages.h"
#include "worker/providers/llm/service_error.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxConversationBytes = 64 * 1024;

// Ids come from the service and go into a URL.
bool is_plain_id(std::string_view id) {
  return !id.empty() && id.size() <= 128 && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

Result<std::string> created_conversation(std::string_view body) {
  const auto parsed = json::parse_object(body, kMaxConversationBytes);
  if (!parsed) return Error{ErrorCode::kUnavailable, "the answer is not JSON: check the URL"};
  if (json::find_int(*parsed, "code").value_or(0) != 0) return stream_error(*parsed);
  const json::object* data = json::find_object(*parsed, "data");
  const auto id = data == nullptr ? std::nullopt : json::find_string(*data, "id");
  if (!id || !is_plain_id(*id)) return Error{ErrorCode::kUnavailable, "a conversation without an id"};
  return std::string(*id);
}

std::string with_conversation(const std::string& url, const std::string& id) {
  return id.empty() ? url : url + "?conversation_id=" + id;
}

class CozeLlm final : public LlmProvider {
 public:
  CozeLlm(CozeSettings settings, const ProviderContext& context)
      : settings_(std::move(settings)), context_(context), ids_(std::make_shared<DialogueIds>()) {}

  bool remembers() const override { return true; }

  std::unique_ptr<LlmStream> chat(LlmRequest request, Executor, LlmCallbacks callbacks) override {
    HttpReplyPlan plan;
    plan.label = service_label("coze", settings_.service.base_url);
    plan.context = ReplyContext::of(request);
    plan.make_reader = [] { return std::make_unique<CozeReader>(); };
    plan.habit = habit_;
    plan.on_identified = [ids = ids_, session = request.session](const ReplyEvents& events) {
      // The reason may be a conversation that is gone there: the next words begin a new one. What the bot did not
      // like, or had nothing to say to, is no such reason.
      if (events.end && !events.end->ok()) {
        if (events.end->error().code != ErrorCode::kInvalid) ids->forget(session);
        return;
      }
      if (!is_plain_id(events.dialogue_id)) return;
      const bool open = events.awaits_tool_output && is_plain_id(events.chat_id);
      ids->remember(session, {.dialogue = events.dialogue_id, .open_chat = open ? events.chat_id : ""});
    };
    const DialogueId known = ids_->find(request.session);
    const bool answers_tools =
        !request.dialogue.empty() && request.dialogue.back().role == Message::Role::kTool;
    if (answers_tools && !known.open_chat.empty()) {
      plan.call = json_call(
          settings_.service,
          "/v3/chat/submit_tool_outputs?conversation_id=" + known.dialogue + "&chat_id=" + known.open_chat,
          json::serialize(coze_tool_outputs(request)));
      return start_http_reply(context_, std::move(plan), std::move(callbacks));
    }
    if (last_words(request).empty()) {
      return refuse_reply(context_, plan.label, Error{ErrorCode::kInvalid, "there is nothing to answer"},
                          std::move(callbacks));
    }
    plan.call = json_call(settings_.service, "/v3/chat", json::serialize(coze_chat(settings_, request)));
    if (!known.dialogue.empty() || request.session.empty()) {
      plan.call.url = with_conversation(plan.call.url, known.dialogue);
      if (!known.open_chat.empty()) plan.prepare = cancel_chat(request.session, known);
    } else {
      plan.prepare = create_conversation(request.session);
    }
    return start_http_reply(context_, std::move(plan), std::move(callbacks));
  }

 private:
  HttpReplyPlan::Preparation create_conversation(const std::string& session) const {
    return {.call = json_call(settings_.service, "/v1/conversation/create", R"({"messages":[]})",
                              "application/json"),
            .complete = [ids = ids_, session](std::string_view body, HttpCall& call) -> Status {
              auto id = created_conversation(body);
              if (!id) return id.error();
              call.url = with_conversation(call.url, *id);
              ids->remember(session, {.dialogue = std::move(*id), .open_chat = {}});
              return kDone;
            }};
  }

  // A chat that waits for answers which will not come, because the user went on, takes no other words.
  HttpReplyPlan::Preparation cancel_chat(const std::string& session, const DialogueId& open) const {
    json::object body;
    body["conversation_id"] = open.dialogue;
    body["chat_id"] = open.open_chat;
    return {
        .call = json_call(settings_.service, "/v3/chat/cancel", json::serialize(body), "application/json"),
        .complete = [ids = ids_, session, dialogue = open.dialogue](std::string_view, HttpCall&) -> Status {
          ids->remember(session, {.dialogue = dialogue, .open_chat = {}});
          return kDone;
        },
        .needed = false};
  }

  CozeSettings settings_;
  ProviderContext context_;
  // Shared with answers under way.
  std::shared_ptr<DialogueIds> ids_;
  std::shared_ptr<ThoughtHabit> habit_ = std::make_shared<ThoughtHabit>();
};

}  // namespace

CozeSettings read_coze(ConfigSection& section) {
  CozeSettings settings;
  read_service(section, settings.service);
  read_needed(section, "bot_id", settings.bot_id);
  section.read("user_id", settings.user_id);
  return settings;
}

std::unique_ptr<LlmProvider> make_coze(CozeSettings settings, const ProviderContext& context) {
  return std::make_unique<CozeLlm>(std::move(settings), context);
}

json::object coze_chat(const CozeSettings& settings, const LlmRequest& request) {
  json::object message;
  message["role"] = "user";
  message["type"] = "question";
  message["content"] = last_words(request);
  message["content_type"] = "text";
  json::object body;
  body["bot_id"] = settings.bot_id;
  body["user_id"] = request.device.empty() ? settings.user_id : request.device;
  body["stream"] = true;
  body["auto_save_history"] = true;
  body["additional_messages"] = json::array{std::move(message)};
  return body;
}

json::object coze_tool_outputs(const LlmRequest& request) {
  json::array outputs;
  std::size_t first = request.dialogue.size();
  while (first > 0 && request.dialogue[first - 1].role == Message::Role::kTool) --first;
  for (std::size_t i = first; i < request.dialogue.size(); ++i) {
    const Message& message = request.dialogue[i];
    json::object output;
    output["tool_call_id"] = message.tool_call_id;
    const std::string text = message.is_error ? "error: " + message.text : message.text;
    output["output"] = json::clean_text(text, text.size() * 3);
    outputs.emplace_back(std::move(output));
  }
  json::object body;
  body["tool_outputs"] = std::move(outputs);
  body["stream"] = true;
  return body;
}

}  // namespace earshot::worker
