#include "worker/providers/llm/option_memory.h"

#include <utility>

#include "common/log/log.h"

namespace earshot::worker {

namespace {

spdlog::logger& option_logger() {
  static spdlog::logger& instance = log::logger("llm");
  return instance;
}

}  // namespace

bool is_in_request(const LlmWish& wish) {
  return wish.temperature || wish.max_tokens > 0 || wish.tool_use == LlmWish::ToolUse::kRequired;
}

void OptionMemory::send(json::object body, std::optional<json::object> plain, HttpCall call,
                        HttpReplyPlan& plan) {
  if (plain && *plain == body) plain.reset();
  json::object sent = body;
  refused_.apply(sent, clock_.now());
  call.body = json::serialize(sent);
  plan.call = call;
  plan.amend = [self = shared_from_this(), body = std::move(body), plain = std::move(plain),
                sent = std::move(sent), call = std::move(call)](
                   int status, std::string_view answer) mutable -> std::optional<HttpCall> {
    const SteadyTime now = self->clock_.now();
    auto left_out = plain ? self->refused_.learn_name(status, answer, sent, now)
                          : self->refused_.learn(status, answer, sent, now);
    if (!left_out && plain && RefusedOptions::may_be_of_option(status, answer)) {
      body = *std::exchange(plain, std::nullopt);
      left_out.emplace();
    }
    if (!left_out) return std::nullopt;
    if (!left_out->empty()) {
      option_logger().warn(
          "a request is refused for one option, which is left out for a while service=\"{}\" option=\"{}\" "
          "status={}",
          self->label_, *left_out, status);
    }
    sent = body;
    self->refused_.apply(sent, now);
    call.body = json::serialize(sent);
    return call;
  };
}

}  // namespace earshot::worker
