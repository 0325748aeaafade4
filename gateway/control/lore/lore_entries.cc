#include "gateway/control/lore/lore_entries.h"

#include <string>
#include <utility>

#include "common/config/yaml_tree.h"
#include "common/json/json.h"

namespace earshot::gateway {

namespace {

std::string_view without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

void add_key(std::vector<std::string>& keys, std::string_view text) {
  text = without_blanks(text);
  if (text.empty() || text.size() > kMaxEntryKeyBytes || text.find('\n') != std::string_view::npos) return;
  if (text.starts_with('/') && text.size() > 1) return;  // a pattern
  if (keys.size() < kMaxEntryKeys) keys.emplace_back(text);
}

// A list, or names with commas between them.
std::vector<std::string> keys_in(const json::object& entry) {
  std::vector<std::string> keys;
  for (const std::string_view name : {"keys", "key"}) {
    if (const json::array* all = json::find_array(entry, name)) {
      for (const auto& one : *all)
        if (one.is_string()) add_key(keys, one.get_string());
    }
    if (auto text = json::find_string(entry, name)) {
      while (true) {
        const std::size_t end = text->find(',');
        add_key(keys, text->substr(0, end));
        if (end == std::string_view::npos) break;
        text->remove_prefix(end + 1);
      }
    }
  }
  return keys;
}

void add_entry(std::vector<store::LorePassage>& all, std::vector<std::string> keys, std::string_view text) {
  std::string kept = json::clean_text(without_blanks(text), kMaxEntryBytes);
  if (!keys.empty() && !kept.empty()) all.push_back({.keys = std::move(keys), .text = std::move(kept)});
}

void read_entry(std::vector<store::LorePassage>& all, const json::value& value) {
  const json::object* entry = value.if_object();
  if (entry == nullptr) return;
  if (json::find_bool(*entry, "disable").value_or(false) ||
      !json::find_bool(*entry, "enabled").value_or(true))
    return;
  for (const std::string_view name : {"content", "text"}) {
    if (const auto text = json::find_string(*entry, name)) return add_entry(all, keys_in(*entry), *text);
  }
}

void read_entries(std::vector<store::LorePassage>& all, const json::value& value) {
  if (const json::array* list = value.if_array()) {
    for (const auto& one : *list) read_entry(all, one);
  } else if (const json::object* named = value.if_object()) {
    for (const auto& [key, one] : *named) {
      std::vector<std::string> keys;
      add_key(keys, key);
      if (one.is_string()) {
        add_entry(all, std::move(keys), one.get_string());
      } else {
        read_entry(all, one);
      }
    }
  }
}

}  // namespace

Result<std::vector<store::LorePassage>> read_lore_entries(std::string_view text) {
  // JSON first: YAML does not know all of its escapes.
  auto tree = json::parse_value(text, kMaxEntriesBytes);
  if (!tree && tree.error().code == ErrorCode::kInvalid) tree = yaml_tree(text, kMaxEntriesBytes);
  if (!tree) return tree.error();
  std::vector<store::LorePassage> all;
  const json::object* root = tree->if_object();
  const auto entries = root == nullptr ? nullptr : root->if_contains("entries");
  read_entries(all, entries == nullptr || entries->is_string() ? *tree : *entries);
  if (all.empty())
    return Error{ErrorCode::kInvalid, "it has no entry: a key and its text each, or keys and content"};
  return all;
}

}  // namespace earshot::gateway
