#include "worker/providers/llm/tool_names.h"

#include "common/json/json.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxWireBytes = 64;  // of OpenAI's own servers

bool is_plain(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
         byte == '_' || byte == '-';
}

// A character of U+4E00..U+9FFF: three bytes E4 B8 80 .. E9 BF BF.
bool is_ideograph(std::string_view character) {
  return character.size() == 3 && character >= "\xE4\xB8\x80" && character <= "\xE9\xBF\xBF";
}

std::string sanitised(std::string_view name) {
  const std::string text = json::clean_text(name, name.size() * 3);
  std::string wire;
  for (std::size_t at = 0; at < text.size();) {
    const auto first = static_cast<unsigned char>(text[at]);
    const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    const std::string_view character = std::string_view(text).substr(at, length);
    if (is_plain(text[at]) || is_ideograph(character)) {
      wire += character;
    } else {
      wire += '_';
    }
    at += length;
  }
  return json::clean_text(wire, kMaxWireBytes);
}

}  // namespace

ToolNames::ToolNames(const std::vector<ToolSpec>& tools) {
  for (const ToolSpec& tool : tools) {
    if (wire_.contains(tool.name)) continue;
    const std::string base = sanitised(tool.name);
    std::string wire = base;
    for (int number = 2; original_.contains(wire); ++number) {
      const std::string suffix = "_" + std::to_string(number);
      wire = json::clean_text(base, kMaxWireBytes - suffix.size()) + suffix;
    }
    wire_[tool.name] = wire;
    original_[wire] = tool.name;
  }
}

std::string ToolNames::to_wire(std::string_view name) const {
  const auto known = wire_.find(name);
  return known == wire_.end() ? sanitised(name) : known->second;
}

std::string ToolNames::from_wire(std::string_view wire) const {
  const auto first = wire.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return std::string(wire);
  wire = wire.substr(first, wire.find_last_not_of(" \t\r\n") - first + 1);
  if (const auto known = original_.find(wire); known != original_.end()) return known->second;
  // Kimi and models of Harmony put the name space in front.
  constexpr std::string_view kNameSpace = "functions.";
  if (wire.starts_with(kNameSpace)) {
    const auto known = original_.find(wire.substr(kNameSpace.size()));
    if (known != original_.end()) return known->second;
  }
  return std::string(wire);
}

}  // namespace earshot::worker
