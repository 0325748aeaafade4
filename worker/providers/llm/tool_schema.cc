#include "worker/providers/llm/tool_schema.h"

#include <string>
#include <utility>

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxSchemaBytes = 256 * 1024;

bool is_type(const json::value& type) {
  if (type.is_string()) return true;
  const json::array* several = type.if_array();  // ["string", "null"]
  if (several == nullptr || several->empty()) return false;
  for (const json::value& one : *several) {
    if (!one.is_string()) return false;
  }
  return true;
}

void mend_schema(json::object& schema);

// A schema is an object, or a truth value; anything else says nothing.
void mend_value(json::value& schema) {
  if (json::object* object = schema.if_object()) return mend_schema(*object);
  if (!schema.is_bool()) schema = json::object{};
}

void mend_required(json::object& schema) {
  json::value* required = schema.if_contains("required");
  if (required == nullptr) return;
  json::array* names = required->if_array();
  if (names == nullptr) {
    schema.erase("required");
    return;
  }
  const json::object* properties = json::find_object(schema, "properties");
  json::array known;
  for (json::value& name : *names) {
    if (name.is_string() && properties != nullptr && properties->contains(name.get_string()))
      known.push_back(std::move(name));
  }
  *names = std::move(known);
}

// The depth is the parser's: json::kMaxDepth.
void mend_schema(json::object& schema) {
  const auto erase_unless = [&](std::string_view key, auto good) {
    const json::value* found = schema.if_contains(key);
    if (found != nullptr && !good(*found)) schema.erase(key);
  };
  erase_unless("type", is_type);
  erase_unless("description", [](const json::value& value) { return value.is_string(); });
  erase_unless("enum",
               [](const json::value& value) { return value.is_array() && !value.get_array().empty(); });
  erase_unless("properties", [](const json::value& value) { return value.is_object(); });
  if (json::value* properties = schema.if_contains("properties")) {
    for (auto& property : properties->get_object()) mend_value(property.value());
  }
  if (json::value* items = schema.if_contains("items")) mend_value(*items);
  for (const std::string_view key : {"anyOf", "oneOf", "allOf"}) {
    erase_unless(key,
                 [](const json::value& value) { return value.is_array() && !value.get_array().empty(); });
    if (json::value* several = schema.if_contains(key)) {
      for (json::value& one : several->get_array()) mend_value(one);
    }
  }
  mend_required(schema);
}

}  // namespace

json::object usable_schema(std::string_view text) {
  auto parsed = json::parse_object(text, kMaxSchemaBytes);
  json::object schema = parsed ? std::move(*parsed) : json::object{};
  mend_schema(schema);
  if (json::find_string(schema, "type") != "object") schema["type"] = "object";
  if (!schema.contains("properties")) schema["properties"] = json::object{};
  return schema;
}

}  // namespace earshot::worker
