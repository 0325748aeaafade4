#include "gateway/ctl/typed_arguments.h"

#include <charconv>
#include <cmath>

namespace earshot::ctl {

namespace {

constexpr std::size_t kMaxValueBytes = 64 * 1024;

Error wrong(const std::string& message) {
  return {ErrorCode::kInvalid, message};
}

std::string type_of(const json::object& property) {
  const json::value* type = property.if_contains("type");
  if (type == nullptr) return {};
  if (type->is_string()) return std::string(type->get_string());
  if (!type->is_array()) return {};
  for (const auto& one : type->get_array()) {  // ["integer", "null"]
    if (one.is_string() && one.get_string() != "null") return std::string(one.get_string());
  }
  return {};
}

template <class Number>
std::optional<Number> whole_number(const std::string& text) {
  Number number{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Result<json::value> number_of(const std::string& key, const std::string& text, const json::object& property,
                              bool integer) {
  json::value value;
  double size = 0;
  if (const auto whole = whole_number<std::int64_t>(text)) {
    value = *whole;
    size = static_cast<double>(*whole);
  } else if (const auto real = whole_number<double>(text); real && !integer && std::isfinite(*real)) {
    value = *real;
    size = *real;
  } else {
    return wrong(key + " takes " + (integer ? "an integer" : "a number") + ", not '" + text + "'");
  }
  const auto bound = [&](const char* name) -> std::optional<double> {
    const json::value* limit = property.if_contains(name);
    if (limit == nullptr || !limit->is_number()) return std::nullopt;
    return limit->to_number<double>();
  };
  const auto least = bound("minimum");
  const auto most = bound("maximum");
  if ((least && size < *least) || (most && size > *most)) {
    const auto shown = [](std::optional<double> limit) {
      return limit ? json::serialize(json::value(static_cast<std::int64_t>(*limit))) : std::string("...");
    };
    return wrong(key + " takes " + shown(least) + " to " + shown(most) + ", not " + text);
  }
  return value;
}

Result<json::value> boolean_of(const std::string& key, const std::string& text) {
  if (text == "true" || text == "on" || text == "yes") return json::value(true);
  if (text == "false" || text == "off" || text == "no") return json::value(false);
  return wrong(key + " takes true or false, not '" + text + "'");
}

Result<json::value> typed(const std::string& key, const std::string& text, const json::object& property) {
  const std::string type = type_of(property);
  if (type == "integer" || type == "number") return number_of(key, text, property, type == "integer");
  if (type == "boolean") return boolean_of(key, text);
  if (type == "array" || type == "object") {
    const auto value = json::parse_value(text, kMaxValueBytes);
    if (!value || (type == "array") != value->is_array() || (type == "object") != value->is_object())
      return wrong(key + " takes a JSON " + type + ", not '" + text + "'");
    return *value;
  }
  if (const json::array* allowed = json::find_array(property, "enum")) {
    std::string list;
    for (const auto& one : *allowed) {
      if (one.is_string() && one.get_string() == text) return json::value(text);
      list += (list.empty() ? "" : ", ") +
              (one.is_string() ? std::string(one.get_string()) : json::serialize(one));
    }
    return wrong(key + " takes one of " + list + ", not '" + text + "'");
  }
  return json::value(text);
}

}  // namespace

Result<json::object> typed_arguments(std::span<const std::string> words, const json::object* schema) {
  const json::object* properties = schema == nullptr ? nullptr : json::find_object(*schema, "properties");
  static const json::object kNone;
  if (schema != nullptr && properties == nullptr) properties = &kNone;
  json::object arguments;
  for (const std::string& word : words) {
    const auto equals = word.find('=');
    if (equals == 0 || equals == std::string::npos) return wrong("'" + word + "' is not KEY=VALUE");
    const std::string key = word.substr(0, equals);
    const std::string text = word.substr(equals + 1);
    if (text.size() > kMaxValueBytes) return wrong(key + " is too long");
    if (arguments.contains(key)) return wrong(key + " is given twice");
    if (properties == nullptr) {
      const auto value = json::parse_value(text, kMaxValueBytes);
      arguments[key] = value ? *value : json::value(text);
      continue;
    }
    const json::object* property = json::find_object(*properties, key);
    if (property == nullptr) {
      std::string known;
      for (const auto& [name, unused] : *properties) known += (known.empty() ? "" : ", ") + std::string(name);
      return wrong("the tool has no argument '" + key + "'; it takes " + (known.empty() ? "none" : known));
    }
    auto value = typed(key, text, *property);
    if (!value) return value.error();
    arguments[key] = std::move(value).value();
  }
  return arguments;
}

}  // namespace earshot::ctl
