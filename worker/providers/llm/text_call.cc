#include "worker/providers/llm/text_call.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "common/json/json.h"
#include "worker/providers/llm/marked_text.h"
#include "worker/providers/llm/native_call.h"
#include "worker/providers/net/ndjson_reader.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxCallBytes = 64 * 1024;
constexpr std::size_t kMaxSchemaOfCallBytes = 256 * 1024;
constexpr std::size_t kMaxCallsOfBlock = 32;
constexpr std::string_view kCallSpace = " \t\r\n";

std::string_view stripped(std::string_view text) {
  const auto first = text.find_first_not_of(kCallSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kCallSpace) - first + 1);
}

// ```json ... ```
std::string_view without_fence(std::string_view text) {
  text = stripped(text);
  if (!text.starts_with("```")) return text;
  text.remove_prefix(std::min(text.size(), text.find('\n')));
  if (const auto end = text.rfind("```"); end != std::string_view::npos) text = text.substr(0, end);
  return stripped(text);
}

std::optional<ToolCall> call_of(const json::object& written) {
  const json::object* function = json::find_object(written, "function");
  const json::object& from = function != nullptr ? *function : written;
  auto name = json::find_string(from, "name");
  if (!name) name = json::find_string(from, "function");
  if (!name) name = json::find_string(from, "tool_name");
  if (!name || name->empty()) return std::nullopt;
  ToolCall call{.id = {}, .name = std::string(*name), .arguments = {}};
  for (const std::string_view key : {"arguments", "parameters", "args", "input"}) {
    const json::value* arguments = from.if_contains(key);
    if (arguments == nullptr) continue;
    const auto text = json::find_string(from, key);
    call.arguments = text ? std::string(*text) : json::serialize(*arguments);
    break;
  }
  return call;
}

std::vector<ToolCall> json_calls(std::string_view text) {
  std::vector<ToolCall> calls;
  const auto add = [&](const json::object& written) {
    auto call = call_of(written);
    if (call && calls.size() < kMaxCallsOfBlock) calls.push_back(std::move(*call));
  };
  if (text.starts_with('[')) {
    const auto list = json::parse_value(text, kMaxCallBytes);
    if (!list || !list->is_array()) return calls;
    for (const json::value& entry : list->get_array()) {
      if (const json::object* written = entry.if_object()) add(*written);
    }
  } else if (text.starts_with('{')) {
    NdjsonReader objects(kMaxCallBytes);
    // Too large is not read: then there is no call.
    static_cast<void>(objects.feed(text, [&](std::string_view one) {
      if (const auto written = json::parse_object(one, kMaxCallBytes)) add(*written);
      return calls.size() < kMaxCallsOfBlock;
    }));
  }
  return calls;
}

// A parameter's text as a JSON value of the type that the schema names; without one as what it looks like.
json::value typed(std::string_view text, const json::object* schema) {
  const auto type = schema == nullptr ? std::nullopt : json::find_string(*schema, "type");
  json::value as_text(std::string(json::clean_text(text, text.size() * 3)));
  if (type == "string") return as_text;
  std::string lower(stripped(text));
  if (lower == "True" || lower == "False") lower[0] = static_cast<char>(lower[0] - 'A' + 'a');
  auto parsed = json::parse_value(lower, kMaxCallBytes);
  if (!parsed) return as_text;
  return std::move(*parsed);
}

class ParameterTypes {
 public:
  ParameterTypes(std::string_view name, const std::vector<ToolSpec>& tools, const ToolNames& names) {
    const auto tool = std::ranges::find(tools, names.from_wire(name), &ToolSpec::name);
    if (tool == tools.end()) return;
    if (auto parsed = json::parse_object(tool->input_schema, kMaxSchemaOfCallBytes))
      schema_ = std::move(*parsed);
  }
  const json::object* of(std::string_view parameter) const {
    const json::object* properties = json::find_object(schema_, "properties");
    return properties == nullptr ? nullptr : json::find_object(*properties, parameter);
  }

 private:
  json::object schema_;
};

// The text up to one of `ends`, taken off `rest`; the end itself stays.
std::string_view take_until(std::string_view& rest, std::initializer_list<std::string_view> ends) {
  std::size_t at = rest.size();
  for (const std::string_view end : ends) at = std::min(at, rest.find(end));
  const std::string_view taken = rest.substr(0, at);
  rest.remove_prefix(at);
  return taken;
}

// `=NAME>` or ` name="NAME">`, taken off `rest` with the bracket.
std::string_view take_name(std::string_view& rest) {
  const auto end = rest.find('>');
  if (end == std::string_view::npos) return {};
  std::string_view tag = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  if (const auto equals = tag.find('='); equals != std::string_view::npos) tag.remove_prefix(equals + 1);
  tag = stripped(tag);
  if (tag.empty() || (tag.front() != '"' && tag.front() != '\'')) return tag;
  // Other attributes may follow.
  const auto closing = tag.find(tag.front(), 1);
  return closing == std::string_view::npos ? tag : tag.substr(1, closing - 1);
}

// One line feed at each end belongs to the form, not to the value.
std::string_view parameter_value(std::string_view text) {
  if (text.starts_with('\n')) text.remove_prefix(1);
  if (text.ends_with('\n')) text.remove_suffix(1);
  return text;
}

std::string marked_arguments(std::string_view rest, const ParameterTypes& types) {
  constexpr std::string_view kParameter = "<parameter";
  json::object arguments;
  while (true) {
    take_until(rest, {kParameter});
    if (rest.empty()) return json::serialize(arguments);
    rest.remove_prefix(kParameter.size());
    const std::string_view key = take_name(rest);
    const std::string_view value = parameter_value(take_until(rest, {"</parameter>", kParameter}));
    if (!key.empty()) arguments[key] = typed(value, types.of(key));
  }
}

std::vector<ToolCall> marked_calls(std::string_view rest, const std::vector<ToolSpec>& tools,
                                   const ToolNames& names) {
  std::vector<ToolCall> calls;
  while (calls.size() < kMaxCallsOfBlock) {
    take_until(rest, {"<function=", "<function ", "<invoke "});
    if (rest.empty()) return calls;
    rest.remove_prefix(rest.find_first_of("= "));
    const std::string name(take_name(rest));
    const std::string_view body = take_until(rest, {"</function>", "</invoke>", "<function=", "<invoke "});
    if (name.empty()) continue;
    const bool is_json = stripped(body).starts_with('{');
    calls.push_back({.id = {},
                     .name = name,
                     .arguments = is_json ? std::string(stripped(body))
                                          : marked_arguments(body, ParameterTypes(name, tools, names))});
  }
  return calls;
}

// NAME, then pairs of <arg_key> and <arg_value>.
std::vector<ToolCall> paired_call(std::string_view rest, const std::vector<ToolSpec>& tools,
                                  const ToolNames& names) {
  constexpr std::string_view kKey = "<arg_key>";
  constexpr std::string_view kValue = "<arg_value>";
  const std::string name(stripped(take_until(rest, {kKey})));
  // Anything else than a name: text that nobody can read.
  if (name.empty() || name.find_first_of(" \t\r\n{}[]<>\"") != std::string::npos) return {};
  const ParameterTypes types(name, tools, names);
  json::object arguments;
  while (rest.starts_with(kKey)) {
    rest.remove_prefix(kKey.size());
    const std::string_view key = stripped(take_until(rest, {"</arg_key>"}));
    take_until(rest, {kValue});
    if (rest.empty()) break;
    rest.remove_prefix(kValue.size());
    arguments[key] = typed(take_until(rest, {"</arg_value>"}), types.of(key));
    take_until(rest, {kKey});
  }
  return {{.id = {}, .name = name, .arguments = json::serialize(arguments)}};
}

}  // namespace

std::vector<ToolCall> calls_in(std::string_view block, const std::vector<ToolSpec>& tools,
                               const ToolNames& names) {
  std::vector<ToolCall> calls;
  for (NativeCall& call : native_calls(block, kMaxCallsOfBlock))
    calls.push_back({.id = {}, .name = std::move(call.name), .arguments = std::move(call.arguments)});
  if (!calls.empty()) return calls;

  const std::string undressed = without_dsml(block);
  std::string_view text = without_fence(undressed);
  constexpr std::string_view kPlugin = "<|plugin|>";  // InternLM's kind of action
  if (text.starts_with(kPlugin)) text = stripped(text.substr(kPlugin.size()));
  // A list of calls in marks of their own: <tool_calls><tool_call>..</tool_call></tool_calls>.
  std::string listed;
  constexpr std::string_view kOne = "<tool_call>";
  while (text.starts_with(kOne)) {
    text.remove_prefix(kOne.size());
    listed += take_until(text, {"</tool_call>", kOne});
    listed += '\n';
    take_until(text, {kOne});
  }
  if (!listed.empty()) text = stripped(listed);
  calls = json_calls(text);
  if (calls.empty()) calls = marked_calls(text, tools, names);
  if (calls.empty()) calls = paired_call(text, tools, names);
  return calls;
}

}  // namespace earshot::worker
