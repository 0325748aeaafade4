#include "worker/providers/llm/ollama_llm.h"

#include <map>
#include <utility>

#include "worker/providers/llm/http_reply.h"
#include "worker/providers/llm/ollama_reader.h"
#include "worker/providers/llm/openai_messages.h"
#include "worker/providers/llm/option_memory.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxArgumentBytes = 256 * 1024;
constexpr std::size_t kMaxTools = 512;  // Ollama has no limit but the model's window
constexpr std::string_view kAccept = "application/x-ndjson";

// As OpenAI's, but arguments are objects, and an answer is tied to its call by the tool's name.
json::array ollama_messages(const LlmRequest& request, const ToolNames& names) {
  json::array messages = openai_messages(request, names);
  std::map<std::string, std::string> name_of_id;
  for (json::value& entry : messages) {
    json::object& message = entry.as_object();
    if (json::value* calls = message.if_contains("tool_calls")) {
      for (json::value& call : calls->as_array()) {
        json::object& function = call.as_object()["function"].as_object();
        auto arguments =
            json::parse_object(json::find_string(function, "arguments").value_or(""), kMaxArgumentBytes);
        name_of_id[std::string(json::find_string(call.as_object(), "id").value_or(""))] =
            json::find_string(function, "name").value_or("");
        function["arguments"] = arguments ? std::move(*arguments) : json::object{};
        call.as_object().erase("id");
        call.as_object().erase("type");
      }
    }
    if (const auto id = json::find_string(message, "tool_call_id")) {
      message["tool_name"] = name_of_id[std::string(*id)];
      message.erase("tool_call_id");
    }
  }
  return messages;
}

class OllamaLlm final : public LlmProvider {
 public:
  OllamaLlm(OllamaSettings settings, const ProviderContext& context)
      : settings_(std::move(settings)),
        context_(context),
        label_(service_label("ollama", settings_.service.base_url)),
        options_(std::make_shared<OptionMemory>(label_, context.clock)) {}

  std::unique_ptr<LlmStream> chat(LlmRequest request, Executor, LlmCallbacks callbacks) override {
    HttpReplyPlan plan;
    plan.label = label_;
    plan.context = ReplyContext::of(request);
    plan.framing = ReplyDecoder::Framing::kJsonLines;
    plan.make_reader = [] { return std::make_unique<OllamaReader>(); };
    plan.habit = habit_;
    // 400: a model that cannot think or call tools, in a version of Ollama that minds being told of it.
    json::object body = ollama_request(settings_, request, plan.context.names);
    std::optional<json::object> plain;
    if (is_in_request(std::exchange(request.wish, {})))
      plain = ollama_request(settings_, request, plan.context.names);
    options_->send(std::move(body), std::move(plain), json_call(settings_.service, "/api/chat", {}, kAccept),
                   plan);
    return start_http_reply(context_, std::move(plan), std::move(callbacks));
  }

 private:
  OllamaSettings settings_;
  ProviderContext context_;
  std::string label_;
  // Shared with answers under way.
  std::shared_ptr<OptionMemory> options_;
  std::shared_ptr<ThoughtHabit> habit_ = std::make_shared<ThoughtHabit>();
};

}  // namespace

OllamaSettings read_ollama(ConfigSection& section) {
  OllamaSettings settings;
  read_service(section, settings.service);
  read_needed(section, "model_name", settings.model_name);
  read_optional(section, "temperature", settings.temperature, 0, 2);
  section.read("disable_thinking", settings.disable_thinking);
  section.read("keep_alive", settings.keep_alive);
  return settings;
}

std::unique_ptr<LlmProvider> make_ollama(OllamaSettings settings, const ProviderContext& context) {
  return std::make_unique<OllamaLlm>(std::move(settings), context);
}

json::object ollama_request(const OllamaSettings& settings, const LlmRequest& request,
                            const ToolNames& names) {
  json::object body;
  body["model"] = settings.model_name;
  body["messages"] = ollama_messages(request, names);
  body["stream"] = true;
  if (json::array tools = openai_tools(request, names, kMaxTools); !tools.empty())
    body["tools"] = std::move(tools);
  json::object options;
  const auto temperature = request.wish.temperature ? request.wish.temperature : settings.temperature;
  if (temperature) options["temperature"] = *temperature;
  if (request.wish.max_tokens > 0) options["num_predict"] = request.wish.max_tokens;
  if (!options.empty()) body["options"] = std::move(options);
  if (settings.disable_thinking) body["think"] = false;
  if (!settings.keep_alive.empty()) body["keep_alive"] = settings.keep_alive;
  return body;
}

}  // namespace earshot::worker
