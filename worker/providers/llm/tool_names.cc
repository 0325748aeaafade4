#include "worker/providers/llm/tool_names.h"

#include <array>
#include <charconv>

#include "common/json/json.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxWireBytes = 64;  // of OpenAI's own servers

bool is_plain(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
         byte == '_' || byte == '-';
}

// The code point of a well-formed UTF-8 character, in hexadecimal digits.
std::string code_of(std::string_view character) {
  const auto first = static_cast<unsigned char>(character.front());
  const unsigned mask = character.size() == 2 ? 0x1F : character.size() == 3 ? 0x0F : 0x07;
  unsigned code = first & mask;
  for (const char byte : character.substr(1)) code = code << 6 | (static_cast<unsigned char>(byte) & 0x3FU);
  std::array<char, 8> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), code, 16).ptr;
  return {digits.data(), end};
}

// Letters of other scripts become their numbers, so that tools stay apart: most services take no others than
// ASCII, and some want a letter or `_` in front.
std::string sanitised(std::string_view name) {
  const std::string text = json::clean_text(name, name.size() * 3);
  std::string wire;
  for (std::size_t at = 0; at < text.size() && wire.size() < kMaxWireBytes;) {
    const auto first = static_cast<unsigned char>(text[at]);
    const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    const std::string_view character = std::string_view(text).substr(at, length);
    if (is_plain(text[at])) {
      wire += character;
    } else {
      wire += length == 1 ? "_" : code_of(character);
    }
    at += length;
  }
  if (wire.empty() || wire.front() == '-' || (wire.front() >= '0' && wire.front() <= '9'))
    wire.insert(0, "_");
  return wire.substr(0, kMaxWireBytes);
}

}  // namespace

ToolNames::ToolNames(const std::vector<ToolSpec>& tools) {
  for (const ToolSpec& tool : tools) {
    if (wire_.contains(tool.name)) continue;
    const std::string base = sanitised(tool.name);
    std::string wire = base;
    for (int number = 2; original_.contains(wire); ++number) {
      const std::string suffix = "_" + std::to_string(number);
      wire = base.substr(0, kMaxWireBytes - suffix.size()) + suffix;
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
