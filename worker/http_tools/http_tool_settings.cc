#include "worker/http_tools/http_tool_settings.h"

#include <algorithm>
#include <set>

#include "worker/http_tools/value_template.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxSchemaText = 8 * 1024;
constexpr std::string_view kWordCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

using Names = std::set<std::string, std::less<>>;

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         text.find_first_not_of(kWordCharacters) == std::string_view::npos;
}

json::value value_of_type(std::string_view type, const std::string& text) {
  if (type == "string") return json::value(text);
  auto parsed = json::parse_value(text, kMaxSchemaText);
  return parsed ? std::move(*parsed) : json::value(text);
}

void read_parameters(ConfigSection section, HttpToolSettings& tool, Names& names) {
  json::object properties;
  json::array required;
  for (const std::string& name : section.children()) {
    if (!is_word(name) || name == kSecretName)
      section.problem(name, "must be a word of A-Z a-z 0-9 _ -, and not 'secret'");
    ConfigSection one = section.section(name);
    std::string type = "string";
    std::string description;
    std::string standard;
    std::vector<std::string> values;
    bool is_required = false;
    one.read_choice("type", type, {"string", "integer", "number", "boolean"});
    one.read("description", description);
    one.read("values", values);
    one.read("required", is_required);
    one.read("default", standard);
    json::object property{{"type", type}};
    if (!description.empty()) property["description"] = description;
    if (!values.empty()) {
      json::array& choices = property["enum"].emplace_array();
      for (const std::string& value : values) choices.push_back(value_of_type(type, value));
    }
    if (is_required) required.push_back(json::value(name));
    if (!standard.empty()) tool.defaults.emplace_back(name, value_of_type(type, standard));
    properties[name] = std::move(property);
    names.insert(name);
  }
  json::object schema{{"type", "object"}, {"properties", std::move(properties)}};
  if (!required.empty()) schema["required"] = std::move(required);
  tool.input_schema = json::serialize(schema);
}

// For what `parameters` cannot say: lists, objects.
void read_schema(ConfigSection& section, HttpToolSettings& tool, Names& names) {
  std::string text;
  section.read("schema", text);
  if (text.empty()) return;
  const auto schema = json::parse_object(text, kMaxSchemaText);
  const json::object* properties = schema ? json::find_object(*schema, "properties") : nullptr;
  if (properties == nullptr)
    return section.problem("schema", "must be the JSON schema of an object, as text");
  tool.input_schema = json::serialize(*schema);
  for (const auto& property : *properties) names.emplace(property.key());
}

void check_names(ConfigSection& section, std::string_view key, const std::string& text, const Names& names) {
  if (const auto unknown =
          unknown_template_name(text, [&](std::string_view name) { return names.contains(name); }))
    section.problem(key, "has {{" + *unknown + "}}, which is neither a parameter nor taken by the lookup");
}

// Whom it leads to is the configuration's business alone: no argument may stand in front of the path.
void check_tool_url(ConfigSection& section, const std::string& url, const Names& names) {
  const std::size_t host = url.starts_with("http://") ? 7 : url.starts_with("https://") ? 8 : 0;
  const std::size_t host_end = host == 0 ? std::string::npos : url.find_first_of("/?#", host);
  const std::size_t place = url.find("{{");
  if (host == 0 || host_end == host || url.find('@') < host_end ||
      std::ranges::any_of(url, [](char c) { return static_cast<unsigned char>(c) < ' '; })) {
    return section.problem("url", "must be http://HOST/... or https://HOST/...");
  }
  if (place != std::string::npos && (host_end == std::string::npos || place < host_end))
    return section.problem("url", "may have {{...}} only behind its host");
  check_names(section, "url", url, names);
}

void read_lookup(ConfigSection section, HttpToolSettings& tool, Names& names) {
  section.read("url", tool.lookup.url);
  if (tool.lookup.url.empty()) return;
  check_tool_url(section, tool.lookup.url, names);
  ConfigSection take = section.section("take");
  for (const std::string& name : take.children()) {
    std::string pointer;
    take.read(name, pointer);
    if (!is_word(name) || !pointer.starts_with('/'))
      take.problem(name, "must be a word, and its value a pointer such as /results/0/id");
    tool.lookup.take.emplace_back(name, std::move(pointer));
    names.insert(name);
  }
}

void read_answer(ConfigSection& section, AnswerTerms& answer) {
  std::string format = "json";
  section.read_choice("format", format, {"json", "feed", "text"});
  if (format == "feed")
    answer = {.format = AnswerTerms::Format::kFeed, .each = "/items", .answer = "{{/title}}"};
  if (format == "text") answer.format = AnswerTerms::Format::kText;
  section.read("each", answer.each);
  int limit = static_cast<int>(answer.limit);
  section.read("limit", limit, {1, 100});
  answer.limit = static_cast<std::size_t>(limit);
  section.read("answer", answer.answer);
  const auto is_pointer = [](std::string_view text) { return text.empty() || text.starts_with('/'); };
  if (!is_pointer(answer.each)) section.problem("each", "must be a pointer such as /results");
  const bool in_words = answer.answer.find("{{") != std::string::npos;
  if (!in_words && !is_pointer(answer.answer))
    section.problem("answer", "must be a pointer such as /current, or have some in {{...}}");
  if (in_words && unknown_template_name(answer.answer, is_pointer))
    section.problem("answer", "has {{...}} that is no pointer such as {{/title}}");
}

std::string usual_body_type(const std::string& body) {
  if (body.empty()) return {};
  return body.starts_with('{') || body.starts_with('[') ? "application/json"
                                                        : "application/x-www-form-urlencoded";
}

HttpToolSettings read_tool(ConfigSection section, const std::string& name) {
  HttpToolSettings tool;
  tool.name = name;
  section.read("description", tool.description);
  if (tool.description.empty())
    section.problem("description", "is missing: it tells the model when to use the tool");
  Names names{std::string(kSecretName)};
  read_parameters(section.section("parameters"), tool, names);
  read_schema(section, tool, names);
  section.read_secret("secret", tool.secret);
  read_lookup(section.section("lookup"), tool, names);
  section.read("url", tool.url);
  check_tool_url(section, tool.url, names);
  section.read_choice("method", tool.method, {"GET", "POST", "PUT", "PATCH", "DELETE"});
  ConfigSection headers = section.section("headers");
  for (const std::string& header : headers.children()) {
    std::string value;
    headers.read(header, value);
    if (!is_word(header) || value.find_first_of("\r\n") != std::string::npos)
      headers.problem(header, "is no header of one line");
    check_names(headers, header, value, names);
    tool.headers.emplace_back(header, std::move(value));
  }
  section.read("body", tool.body);
  check_names(section, "body", tool.body, names);
  if (!tool.body.empty() && tool.method == "GET") section.problem("body", "needs a method other than GET");
  tool.body_type = usual_body_type(tool.body);
  section.read("body_type", tool.body_type);
  read_answer(section, tool.answer);
  section.read("timeout_ms", tool.timeout, {500, 60'000});
  section.read("max_bytes", tool.max_bytes, {1024, 4 * 1024 * 1024});
  section.read("speak", tool.speak);
  section.read("allow_private", tool.allow_private);
  return tool;
}

}  // namespace

std::vector<HttpToolSettings> read_http_tools(ConfigSection tools) {
  std::vector<HttpToolSettings> all;
  for (const std::string& name : tools.children()) {
    if (!is_word(name)) tools.problem(name, "must be 1 to 64 of A-Z a-z 0-9 _ -");
    all.push_back(read_tool(tools.section(name), name));
    if (all.size() == kMaxHttpTools + 1)
      tools.problem(name, "is one more than " + std::to_string(kMaxHttpTools) + " tools");
  }
  return all;
}

}  // namespace earshot::worker
