#include "worker/mcp/tool_listing.h"

#include <algorithm>
#include <utility>

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxToolNameBytes = 128;
constexpr std::size_t kMaxCursorBytes = 256;
constexpr std::size_t kMaxDescriptionBytes = 2048;
constexpr std::size_t kMaxSchemaBytes = 8 * 1024;

// In any script. The name is put into JSON that small devices build by concatenation: printable, no quotes.
bool is_usable_name(std::string_view name) {
  const auto is_bad = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < ' ' || byte == 0x7f || c == '"' || c == '\\';
  };
  return !name.empty() && name.size() <= kMaxToolNameBytes && name.front() != ' ' && name.back() != ' ' &&
         std::ranges::none_of(name, is_bad) && json::clean_text(name, kMaxToolNameBytes) == name;
}

bool is_for_users_only(const json::object& tool) {
  const json::object* annotations = json::find_object(tool, "annotations");
  const json::array* audience = annotations ? json::find_array(*annotations, "audience") : nullptr;
  if (!audience || audience->empty()) return false;
  return std::ranges::none_of(
      *audience, [](const json::value& who) { return who.is_string() && who.get_string() == "assistant"; });
}

}  // namespace

ToolListing::Step ToolListing::add_page(const json::object& reply) {
  const json::object* result = json::find_object(reply, "result");
  const json::array* tools = result ? json::find_array(*result, "tools") : nullptr;
  if (!tools) return Step::kNoList;
  ++pages_;
  for (const json::value& item : *tools) {
    if (!add_tool(item)) return Step::kTruncated;
  }
  const std::string_view next = json::find_string(*result, "nextCursor").value_or("");
  if (next.empty()) return Step::kComplete;
  const bool usable = next.size() <= kMaxCursorBytes && pages_ < limits_.pages;
  if (!usable || !cursors_.emplace(next).second) return Step::kTruncated;
  cursor_ = next;
  return Step::kNextPage;
}

bool ToolListing::add_tool(const json::value& item) {
  if (tools_.size() >= limits_.tools) return false;
  const json::object* tool = item.if_object();
  const std::string_view name = tool ? json::find_string(*tool, "name").value_or("") : "";
  if (!is_usable_name(name) || std::ranges::find(tools_, name, &ToolSpec::name) != tools_.end() ||
      is_for_users_only(*tool)) {
    ++left_out_;
    return true;
  }
  const json::object* schema = json::find_object(*tool, "inputSchema");
  std::string schema_text = schema ? json::serialize(*schema) : "{}";
  if (schema_text.size() > kMaxSchemaBytes) schema_text = "{}";
  tools_.push_back({.name = std::string(name),
                    .description = json::clean_text(json::find_string(*tool, "description").value_or(""),
                                                    kMaxDescriptionBytes),
                    .input_schema = std::move(schema_text)});
  return true;
}

}  // namespace earshot::worker
