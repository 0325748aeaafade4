#include "worker/mcp/tool_arguments.h"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

namespace earshot::worker {

namespace {

constexpr int kMaxSchemaDepth = 16;
constexpr std::size_t kMaxNumberBytes = 64;
constexpr std::size_t kMaxNestedBytes = 8 * 1024;
constexpr double kLargestExact = 9007199254740992.0;  // 2^53: beyond it a double skips integers

bool is_of_type(const json::value& value, std::string_view type) {
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_bool();
  if (type == "number") return value.is_number();
  if (type == "integer") return value.is_int64() || value.is_uint64();
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  return type == "null" && value.is_null();
}

std::string_view trimmed_argument(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

// Whole numbers as integers, also `49.0` and `5e1`.
std::optional<json::value> number_in(std::string_view text) {
  text = trimmed_argument(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || text.size() > kMaxNumberBytes) return std::nullopt;
  const char* const end = text.data() + text.size();
  std::int64_t whole = 0;
  if (const auto read = std::from_chars(text.data(), end, whole); read.ec == std::errc{} && read.ptr == end)
    return json::value(whole);
  double number = 0;
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end || !std::isfinite(number)) return std::nullopt;
  return json::value(number);
}

std::optional<json::value> as_integer(const json::value& value) {
  if (value.is_int64() || value.is_uint64()) return value;
  if (!value.is_double()) return std::nullopt;
  const double number = value.get_double();
  if (std::abs(number) > kLargestExact || std::trunc(number) != number) return std::nullopt;
  return json::value(static_cast<std::int64_t>(number));
}

std::optional<json::value> boolean_in(std::string_view text) {
  text = trimmed_argument(text);
  for (const std::string_view yes : {"true", "True", "TRUE"}) {
    if (text == yes) return json::value(true);
  }
  for (const std::string_view no : {"false", "False", "FALSE"}) {
    if (text == no) return json::value(false);
  }
  return std::nullopt;
}

std::optional<json::value> text_of(const json::value& value) {
  if (value.is_bool()) return json::value(value.get_bool() ? "true" : "false");
  if (value.is_int64()) return json::value(std::to_string(value.get_int64()));
  if (value.is_uint64()) return json::value(std::to_string(value.get_uint64()));
  if (!value.is_double()) return std::nullopt;
  std::array<char, 64> text{};
  const auto written = std::to_chars(text.data(), text.data() + text.size(), value.get_double());
  if (written.ec != std::errc{}) return std::nullopt;
  return json::value(std::string_view(text.data(), static_cast<std::size_t>(written.ptr - text.data())));
}

// The value as `type`; nullopt: it cannot be meant so.
std::optional<json::value> as_type(const json::value& value, std::string_view type) {
  std::optional<std::string_view> text;
  if (value.is_string()) text = std::string_view(value.get_string());
  if (type == "string") return text ? std::optional(value) : text_of(value);
  if (type == "integer") {
    const auto number = text ? number_in(*text) : std::optional(value);
    return number ? as_integer(*number) : std::nullopt;
  }
  if (!text) return std::nullopt;
  if (type == "number") return number_in(*text);
  if (type == "boolean") return boolean_in(*text);
  if (type == "object" || type == "array") {
    auto parsed = json::parse_value(*text, kMaxNestedBytes);
    if (parsed && is_of_type(*parsed, type)) return *std::move(parsed);
  }
  return std::nullopt;
}

void fit_value(json::value& value, const json::object& schema, int depth);

void fit_members(json::object& members, const json::object& schema, int depth) {
  const json::object* const properties = json::find_object(schema, "properties");
  if (properties == nullptr) return;
  for (auto& member : members) {
    const json::object* const own = json::find_object(*properties, member.key());
    if (own != nullptr) fit_value(member.value(), *own, depth + 1);
  }
}

void fit_type(json::value& value, const json::value& type) {
  const json::array* const types = type.if_array();
  const json::array one{type};
  const json::array& allowed = types != nullptr ? *types : one;
  for (const json::value& name : allowed) {
    if (name.is_string() && is_of_type(value, std::string_view(name.get_string()))) return;
  }
  for (const json::value& name : allowed) {
    if (!name.is_string()) continue;
    if (auto fitted = as_type(value, std::string_view(name.get_string()))) {
      value = *std::move(fitted);
      return;
    }
  }
}

void fit_value(json::value& value, const json::object& schema, int depth) {
  if (depth > kMaxSchemaDepth) return;
  if (const json::value* const type = schema.if_contains("type")) fit_type(value, *type);
  if (json::object* const members = value.if_object()) fit_members(*members, schema, depth);
  const json::object* const items = json::find_object(schema, "items");
  if (json::array* const list = value.if_array(); list != nullptr && items != nullptr) {
    for (json::value& item : *list) fit_value(item, *items, depth + 1);
  }
}

}  // namespace

void fit_to_schema(json::object& arguments, const json::object& schema) {
  fit_members(arguments, schema, 0);
}

}  // namespace earshot::worker
