#include "worker/providers/llm/openai_llm.h"

#include <algorithm>
#include <array>
#include <utility>

#include "worker/providers/llm/http_reply.h"
#include "worker/providers/llm/openai_messages.h"
#include "worker/providers/llm/openai_reader.h"
#include "worker/providers/llm/option_memory.h"

namespace earshot::worker {

namespace {

constexpr std::string_view kPath = "/chat/completions";

// Hybrid models think for seconds unless told not to; each vendor has its own word (provider-protocol 1.1).
void disable_thinking(std::string_view host, json::object& body) {
  if (host.ends_with("aliyuncs.com")) {
    body["enable_thinking"] = false;
    return;
  }
  constexpr std::array<std::string_view, 4> kTyped = {"deepseek.com", "bigmodel.cn", "moonshot.cn",
                                                      "volces.com"};
  for (const std::string_view suffix : kTyped) {
    if (!host.ends_with(suffix)) continue;
    json::object thinking;
    thinking["type"] = "disabled";
    body["thinking"] = std::move(thinking);
  }
}

void put(json::object& body, std::string_view key, const std::optional<double>& value) {
  if (value) body[key] = *value;
}

class OpenAiLlm final : public LlmProvider {
 public:
  OpenAiLlm(OpenAiSettings settings, const ProviderContext& context)
      : settings_(std::move(settings)),
        context_(context),
        label_(service_label("openai", settings_.service.base_url)),
        options_(std::make_shared<OptionMemory>(label_, context.clock)) {}

  std::unique_ptr<LlmStream> chat(LlmRequest request, Executor, LlmCallbacks callbacks) override {
    HttpReplyPlan plan;
    plan.label = label_;
    plan.context = ReplyContext::of(request);
    plan.make_reader = [] { return std::make_unique<OpenAiReader>(); };
    plan.habit = habit_;
    json::object body = openai_request(settings_, request, plan.context.names);
    std::optional<json::object> plain;
    if (is_in_request(std::exchange(request.wish, {})))
      plain = openai_request(settings_, request, plan.context.names);
    options_->send(std::move(body), std::move(plain), json_call(settings_.service, kPath, {}), plan);
    return start_http_reply(context_, std::move(plan), std::move(callbacks));
  }

 private:
  OpenAiSettings settings_;
  ProviderContext context_;
  std::string label_;
  // Shared with answers under way.
  std::shared_ptr<OptionMemory> options_;
  std::shared_ptr<ThoughtHabit> habit_ = std::make_shared<ThoughtHabit>();
};

}  // namespace

OpenAiSettings read_openai(ConfigSection& section) {
  OpenAiSettings settings;
  read_service(section, settings.service);
  std::string& url = settings.service.base_url;
  if (url.ends_with(kPath)) url.resize(url.size() - kPath.size());  // copied with the path of the call
  read_needed(section, "model_name", settings.model_name);
  read_optional(section, "temperature", settings.temperature, 0, 2);
  read_optional(section, "top_p", settings.top_p, 0, 1);
  read_optional(section, "frequency_penalty", settings.frequency_penalty, -2, 2);
  read_optional(section, "presence_penalty", settings.presence_penalty, -2, 2);
  section.read("max_tokens", settings.max_tokens, {0, 1'000'000});
  section.read("disable_thinking", settings.disable_thinking);
  section.read("max_tools", settings.max_tools, {0, 4096});
  read_json(section, "extra_body", settings.extra_body);
  return settings;
}

std::unique_ptr<LlmProvider> make_openai(OpenAiSettings settings, const ProviderContext& context) {
  return std::make_unique<OpenAiLlm>(std::move(settings), context);
}

std::uint32_t shorter_of(std::uint32_t configured, std::uint32_t wished) {
  return configured == 0 || wished == 0 ? std::max(configured, wished) : std::min(configured, wished);
}

json::object openai_request(const OpenAiSettings& settings, const LlmRequest& request,
                            const ToolNames& names) {
  json::object body;
  body["model"] = settings.model_name;
  body["messages"] = openai_messages(request, names);
  body["stream"] = true;
  json::object options;
  options["include_usage"] = true;
  body["stream_options"] = std::move(options);
  if (json::array tools = openai_tools(request, names, settings.max_tools); !tools.empty()) {
    body["tools"] = std::move(tools);
    if (request.wish.tool_use == LlmWish::ToolUse::kRequired) body["tool_choice"] = "required";
  }
  put(body, "temperature", request.wish.temperature ? request.wish.temperature : settings.temperature);
  put(body, "top_p", settings.top_p);
  put(body, "frequency_penalty", settings.frequency_penalty);
  put(body, "presence_penalty", settings.presence_penalty);
  if (const std::uint32_t most = shorter_of(settings.max_tokens, request.wish.max_tokens); most > 0)
    body["max_tokens"] = most;
  if (settings.disable_thinking) disable_thinking(host_of(settings.service.base_url), body);
  for (const auto& member : settings.extra_body) body[member.key()] = member.value();
  return body;
}

}  // namespace earshot::worker
