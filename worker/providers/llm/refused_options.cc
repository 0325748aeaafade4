#include "worker/providers/llm/refused_options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "worker/providers/llm/openai_messages.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxRefusalText = 64 * 1024;
constexpr std::size_t kMaxSaid = 4096;
constexpr std::string_view kTools = "tools";
constexpr std::string_view kToolChoice = "tool_choice";
constexpr std::string_view kMaxTokens = "max_tokens";
constexpr std::string_view kNewMaxTokens = "max_completion_tokens";

// Without these there is no request.
constexpr auto kNeeded = std::to_array<std::string_view>({"model", "messages", "stream"});

// What services call an option beside its name in the request.
struct OptionAlias {
  std::string_view word;
  std::string_view option;
};
constexpr auto kAliases = std::to_array<OptionAlias>({
    {"include_usage", "stream_options"},
    {"thinking", "think"},
    {"thinking", "enable_thinking"},
});

// 422: FastAPI. Other refusals may be anything: they count when they speak of support (404 of OpenRouter, 500 of
// llama.cpp: "tools param requires --jinja flag").
bool refuses_option(int status, std::string_view said) {
  if (status == 400 || status == 422) return true;
  if (status != 404 && status != 405 && status != 500 && status != 501) return false;
  return said.find("support") != std::string_view::npos || said.find("require") != std::string_view::npos;
}

char lower_case(char byte) {
  return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
}

bool is_word_byte(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
         byte == '_' || byte == '-';
}

// The members of an error in which services speak; `input` and `body` of FastAPI repeat the request.
void collect_said(const json::value& from, std::string& said, int depth) {
  if (said.size() > kMaxSaid || depth > 6) return;
  const auto add = [&](std::string_view text) { said.append(text.substr(0, kMaxSaid)).append("\n"); };
  if (const auto* text = from.if_string()) return add({text->data(), text->size()});
  if (const json::array* list = from.if_array()) {
    for (const json::value& one : *list) collect_said(one, said, depth + 1);
    return;
  }
  const json::object* object = from.if_object();
  if (object == nullptr) return;
  if (const json::array* path = json::find_array(*object, "loc")) {
    std::string joined;
    for (const json::value& step : *path) {
      if (const auto* name = step.if_string()) joined.append(".").append(name->data(), name->size());
      if (step.is_int64()) joined += "[" + std::to_string(step.get_int64()) + "]";
    }
    add(joined);
  }
  for (const std::string_view key : {"error", "errors", "detail", "param", "message", "msg", "code", "type",
                                     "reason", "metadata", "raw"}) {
    if (const json::value* inner = object->if_contains(key)) collect_said(*inner, said, depth + 1);
  }
}

std::string said_in(std::string_view answer) {
  std::string said;
  const auto parsed = json::parse_value(answer.substr(0, kMaxRefusalText), kMaxRefusalText);
  if (parsed) {
    collect_said(*parsed, said, 0);
  } else if (!answer.starts_with('{') && !answer.starts_with('[')) {
    said = answer.substr(0, 1024);
  }
  std::ranges::transform(said, said.begin(), lower_case);
  return said;
}

bool says_word(std::string_view said, std::string_view word) {
  for (std::size_t at = said.find(word); at != std::string_view::npos; at = said.find(word, at + 1)) {
    const std::size_t behind = at + word.size();
    if ((at == 0 || !is_word_byte(said[at - 1])) && (behind == said.size() || !is_word_byte(said[behind])))
      return true;
  }
  return false;
}

bool says_any(std::string_view said, std::initializer_list<std::string_view> parts) {
  return std::ranges::any_of(
      parts, [&](std::string_view part) { return said.find(part) != std::string_view::npos; });
}

// Of the offer of tools. The dialogue has words of its own for calls, and is no option.
bool names_tools(std::string_view said) {
  if (says_word(said, "tool_calls") || says_word(said, "tool_call_id") || says_word(said, "messages"))
    return false;
  return says_word(said, kTools) || says_word(said, "tool") || says_word(said, kToolChoice) ||
         says_any(said, {"function call", "function_call", "functioncall", "function_declarations",
                         "for function", "function calling", "functions"});
}

// The number in brackets behind `list`: tools[3], function_declarations[12].
std::optional<std::size_t> index_in(std::string_view said, std::string_view list) {
  for (std::size_t at = said.find(list); at != std::string_view::npos; at = said.find(list, at + 1)) {
    std::string_view rest = said.substr(at + list.size());
    if (!rest.starts_with('[') && !rest.starts_with('.')) continue;
    rest.remove_prefix(1);
    std::size_t index = 0;
    if (std::from_chars(rest.data(), rest.data() + rest.size(), index).ec == std::errc{}) return index;
  }
  return std::nullopt;
}

std::string tool_name(const json::value& tool) {
  const json::object* entry = tool.if_object();
  const json::object* function = entry == nullptr ? nullptr : json::find_object(*entry, "function");
  return function == nullptr ? std::string() : std::string(json::find_string(*function, "name").value_or(""));
}

// The largest number that is said and smaller than `count`: "expected at most 128, but got 132".
std::optional<std::size_t> limit_in(std::string_view said, std::size_t count) {
  std::optional<std::size_t> best;
  for (std::size_t at = 0; at < said.size();) {
    std::size_t number = 0;
    const auto [end, failure] = std::from_chars(said.data() + at, said.data() + said.size(), number);
    const auto length = static_cast<std::size_t>(end - (said.data() + at));
    const bool alone = at == 0 || !is_word_byte(said[at - 1]);
    if (failure == std::errc{} && alone && number > 0 && number < count)
      best = std::max(best.value_or(0), number);
    at += std::max<std::size_t>(length, 1);
  }
  return best;
}

}  // namespace

void RefusedOptions::apply(json::object& body, SteadyTime now) {
  forget_old(now);
  for (const auto& [option, until] : renamed_) {
    if (const json::value* found = body.if_contains(option)) {
      json::value limit = *found;  // an insertion moves what is there
      body.stable_erase(option);
      body[kNewMaxTokens] = std::move(limit);
    }
  }
  for (const auto& [option, until] : options_) body.stable_erase(option);
  leave_out_tools(body);
  if (!body.contains(kTools)) body.stable_erase(kToolChoice);  // services refuse a choice among none
}

void RefusedOptions::leave_out_tools(json::object& body) const {
  json::value* offered = body.if_contains(kTools);
  json::array* tools = offered == nullptr ? nullptr : offered->if_array();
  if (tools == nullptr) return;
  json::array kept;
  for (json::value& tool : *tools) {
    if (!tools_.contains(tool_name(tool))) kept.push_back(std::move(tool));
  }
  *tools = std::move(kept);
  if (most_tools_) shorten_tools(*tools, *most_tools_);
  if (tools->empty()) body.stable_erase(kTools);
}

std::optional<std::string> RefusedOptions::learn(int status, std::string_view answer,
                                                 const json::object& body, SteadyTime now) {
  if (!may_be_of_option(status, answer)) return std::nullopt;
  if (auto renamed = learn_name(status, answer, body, now)) return renamed;
  const std::string said = said_in(answer);
  std::optional<std::string> left_out;
  const auto leave_out = [&](std::string_view option) {
    const auto kept = body.contains(option) ? keep(options_, option, std::string(option), now) : std::nullopt;
    if (kept) left_out = left_out.value_or("") + (left_out && !left_out->empty() ? ", " : "") + *kept;
  };
  for (const auto& member : body) {
    const std::string_view option = member.key();
    if (option == kTools || std::ranges::find(kNeeded, option) != kNeeded.end()) continue;
    std::string lower(option);
    std::ranges::transform(lower, lower.begin(), lower_case);
    if (says_word(said, lower)) leave_out(option);
  }
  for (const OptionAlias& alias : kAliases) {
    if (says_word(said, alias.word)) leave_out(alias.option);
  }
  if (left_out) return left_out;
  const json::array* tools = json::find_array(body, kTools);
  if (tools == nullptr || tools->empty() || !names_tools(said)) return std::nullopt;
  return learn_tools(said, *tools, now);
}

std::optional<std::string> RefusedOptions::learn_name(int status, std::string_view answer,
                                                      const json::object& body, SteadyTime now) {
  if (!body.contains(kMaxTokens) || !may_be_of_option(status, answer)) return std::nullopt;
  if (!says_word(said_in(answer), kNewMaxTokens)) return std::nullopt;
  return keep(renamed_, kMaxTokens, std::string(kMaxTokens) + " as " + std::string(kNewMaxTokens), now);
}

bool RefusedOptions::may_be_of_option(int status, std::string_view answer) {
  const std::string said = said_in(answer);
  // Of what was said, not of how.
  return refuses_option(status, said) && !says_any(said, {"inspection", "content_filter", "content filter",
                                                          "content_policy", "sensitive", "moderation"});
}

std::optional<std::string> RefusedOptions::learn_tools(std::string_view said, const json::array& tools,
                                                       SteadyTime now) {
  if (says_any(said, {"too long", "too many", "at most", "maximum", "exceed", "up to"})) {
    const std::size_t most = limit_in(said, tools.size()).value_or(tools.size() / 2);
    if (most > 0 && most < tools.size()) {
      const bool known = most_tools_ == most;
      most_tools_ = most;
      most_tools_until_ = now + keep_;
      return known ? std::string() : "tools beyond " + std::to_string(most);
    }
  }
  if (says_any(said, {"schema", "parameters", "properties", "invalid"})) {
    auto index = index_in(said, "function_declarations");
    if (!index) index = index_in(said, kTools);
    std::string name = index && *index < tools.size() ? tool_name(tools[*index]) : std::string();
    for (std::size_t i = 0; name.empty() && i < tools.size(); ++i) {
      std::string lower = tool_name(tools[i]);
      std::ranges::transform(lower, lower.begin(), lower_case);
      if (!lower.empty() && says_word(said, lower)) name = tool_name(tools[i]);
    }
    if (!name.empty()) return keep(tools_, name, "tool " + name, now);
  }
  return keep(options_, kTools, std::string(kTools), now);
}

std::vector<std::string> RefusedOptions::left_out(SteadyTime now) const {
  std::vector<std::string> names;
  for (const auto& [name, until] : options_) {
    if (now < until) names.push_back(name);
  }
  for (const auto& [name, until] : tools_) {
    if (now < until) names.push_back("tool " + name);
  }
  if (most_tools_ && now < most_tools_until_) names.push_back("tools beyond " + std::to_string(*most_tools_));
  return names;
}

// RETURNS: as learn(): `words` when it is new.
std::optional<std::string> RefusedOptions::keep(Kept& kept, std::string_view name, std::string words,
                                                SteadyTime now) {
  if (kept.contains(name)) return std::string();
  if (kept.size() >= kMaxKept) return std::nullopt;
  kept.emplace(name, now + keep_);
  return words;
}

void RefusedOptions::forget_old(SteadyTime now) {
  const auto is_old = [&](const auto& entry) { return now >= entry.second; };
  for (Kept* kept : {&options_, &tools_, &renamed_}) std::erase_if(*kept, is_old);
  if (most_tools_ && now >= most_tools_until_) most_tools_.reset();
}

}  // namespace earshot::worker
