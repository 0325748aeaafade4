#include "worker/providers/llm/native_call.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/json/json.h"

namespace earshot::worker {

namespace {

constexpr std::string_view kTokenSpace = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kTokenSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kTokenSpace) - first + 1);
}

// What stands before `mark`, taken off `rest` together with it; all of it when there is none.
std::string_view take_before(std::string_view& rest, std::string_view mark) {
  const auto at = rest.find(mark);
  const std::string_view taken = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + mark.size());
  return taken;
}

// Kimi and gpt-oss put the names of functions into a name space, and Kimi numbers the calls: functions.NAME:0.
std::string bare_name(std::string_view written) {
  written = trimmed(written);
  constexpr std::string_view kFunctions = "functions.";
  if (written.starts_with(kFunctions)) written.remove_prefix(kFunctions.size());
  const auto colon = written.rfind(':');
  if (colon != std::string_view::npos && colon + 1 < written.size() &&
      written.find_first_not_of("0123456789", colon + 1) == std::string_view::npos) {
    written = written.substr(0, colon);
  }
  return std::string(written);
}

std::string_view without_code_fence(std::string_view text) {
  text = trimmed(text);
  if (!text.starts_with("```")) return text;
  text.remove_prefix(std::min(text.size(), text.find('\n')));
  if (const auto end = text.rfind("```"); end != std::string_view::npos) text = text.substr(0, end);
  return trimmed(text);
}

// BEGIN name SEPARATOR arguments END, any number of times.
struct TokenForm {
  std::string_view begin;
  std::string_view separator;
  std::string_view end;
};

constexpr std::array<TokenForm, 4> kTokenForms = {{
    {"<|tool_call_begin|>", "<|tool_call_argument_begin|>", "<|tool_call_end|>"},  // Kimi K2
    {"<｜tool▁call▁begin｜>", "<｜tool▁sep｜>", "<｜tool▁call▁end｜>"},            // DeepSeek
    {"<|channel|>commentary to=", "<|message|>", "<|call|>"},                      // gpt-oss
    {"", "[ARGS]", "[TOOL_CALLS]"},                                                // Mistral
}};

NativeCall call_in_tokens(std::string_view name, std::string_view arguments) {
  // DeepSeek V3 and R1: `function`, and the name in the first line behind the separator.
  if (trimmed(name) == "function") name = take_before(arguments, "\n");
  // gpt-oss: `functions.NAME <|constrain|>json`; Mistral: `NAME[CALL_ID]id`.
  name = name.substr(0, name.find("<|"));
  name = name.substr(0, name.find("[CALL_ID]"));
  return {.name = bare_name(name), .arguments = std::string(without_code_fence(arguments))};
}

std::vector<NativeCall> calls_in_tokens(const TokenForm& form, std::string_view rest, std::size_t most) {
  std::vector<NativeCall> calls;
  while (calls.size() < most) {
    take_before(rest, form.begin);
    if (trimmed(rest).empty()) break;
    std::string_view one = take_before(rest, form.end);
    const std::string_view name = take_before(one, form.separator);
    auto call = call_in_tokens(name, one);
    if (!call.name.empty()) calls.push_back(std::move(call));
  }
  return calls;
}

// FunctionGemma: call:NAME{key:<escape>text<escape>,number:3}
std::vector<NativeCall> gemma_call(std::string_view text) {
  constexpr std::string_view kCall = "call:";
  constexpr std::string_view kEscape = "<escape>";
  if (!text.starts_with(kCall)) return {};
  text.remove_prefix(kCall.size());
  NativeCall call{.name = bare_name(take_before(text, "{")), .arguments = {}};
  json::object arguments;
  while (!trimmed(text).empty() && trimmed(text) != "}") {
    const std::string key(trimmed(take_before(text, ":")));
    if (text.starts_with(kEscape)) {
      text.remove_prefix(kEscape.size());
      arguments[key] = json::clean_text(take_before(text, kEscape), text.size() * 3 + 64 * 1024);
      take_before(text, ",");
      continue;
    }
    const auto end = std::min(text.find_first_of(",}"), text.size());
    const std::string_view written = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(text.size(), end + 1));
    auto value = json::parse_value(written, written.size());
    if (!key.empty()) arguments[key] = value ? std::move(*value) : json::value(std::string(written));
  }
  call.arguments = json::serialize(arguments);
  if (call.name.empty()) return {};
  return {std::move(call)};
}

}  // namespace

std::vector<NativeCall> native_calls(std::string_view block, std::size_t most) {
  const std::string_view text = trimmed(block);
  for (const TokenForm& form : kTokenForms) {
    const bool begins = form.begin.empty() ? !text.starts_with('[') && !text.starts_with('{')
                                           : text.find(form.begin) != std::string_view::npos;
    if (begins && text.find(form.separator) != std::string_view::npos)
      return calls_in_tokens(form, text, most);
  }
  return gemma_call(text);
}

std::string without_dsml(std::string_view block) {
  constexpr std::string_view kDsml = "｜DSML｜";
  std::string out;
  while (true) {
    const auto at = block.find(kDsml);
    out += block.substr(0, at);
    if (at == std::string_view::npos) return out;
    block.remove_prefix(at + kDsml.size());
  }
}

}  // namespace earshot::worker
