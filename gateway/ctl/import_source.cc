#include "gateway/ctl/import_source.h"

#include <charconv>

namespace earshot::ctl {

namespace {

// No secret, address or id has these words in it; prompts have.
bool is_placeholder(std::string_view text) {
  return text.find("你的") != std::string_view::npos || text.find("你") == 0;
}

bool says_nothing(const json::value& value) {
  if (value.is_null()) return true;
  if (const auto* text = value.if_string()) return text->empty();
  if (const auto* list = value.if_array()) return list->empty();
  if (const auto* map = value.if_object()) return map->empty();
  return false;
}

}  // namespace

const json::value* ImportSource::find(const std::string& path) const {
  const json::value* at = &tree_;
  std::string_view rest = path;
  while (!rest.empty()) {
    const std::size_t dot = std::min(rest.find('.'), rest.size());
    const json::object* map = at->if_object();
    at = map == nullptr ? nullptr : map->if_contains(rest.substr(0, dot));
    if (at == nullptr) return nullptr;
    rest.remove_prefix(std::min(dot + 1, rest.size()));
  }
  return at;
}

std::optional<std::string> ImportSource::take(const std::string& path, bool may_be_placeholder) {
  const json::value* value = find(path);
  if (value == nullptr || (!value->is_string() && !value->is_null())) return std::nullopt;
  taken_.insert(path);
  if (value->is_null()) return std::nullopt;
  std::string text(value->get_string());
  if (text.empty() || (may_be_placeholder && is_placeholder(text))) return std::nullopt;
  return text;
}

bool ImportSource::take_truth(const std::string& path) {
  const json::value* value = find(path);
  if (value == nullptr || !value->is_bool()) return false;
  taken_.insert(path);
  return value->get_bool();
}

std::optional<double> ImportSource::take_number(const std::string& path) {
  const auto text = take(path);
  if (!text) return std::nullopt;
  double number = 0;
  const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (failure != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return number;
}

std::vector<std::string> ImportSource::take_list(const std::string& path) {
  const json::value* value = find(path);
  std::vector<std::string> texts;
  if (value == nullptr || !value->is_array()) return texts;
  taken_.insert(path);
  for (const auto& one : value->get_array()) {
    if (one.is_string()) texts.emplace_back(one.get_string());
  }
  return texts;
}

std::vector<std::string> ImportSource::keys(const std::string& path) const {
  const json::value* value = find(path);
  std::vector<std::string> all;
  if (value == nullptr || !value->is_object()) return all;
  for (const auto& member : value->get_object()) all.emplace_back(member.key());
  return all;
}

void ImportSource::leave(const std::string& path, const std::string& why) {
  if (!has(path)) return;
  taken_.erase(path);
  why_.emplace_back(path, why);
}

std::vector<std::string> ImportSource::left() const {
  std::vector<std::string> left;
  for (const auto& [path, why] : why_) left.push_back(path + ": " + why);
  note_left(tree_, {}, left);
  return left;
}

void ImportSource::note_left(const json::value& value, const std::string& path,
                             std::vector<std::string>& left) const {
  if (taken_.contains(path) || says_nothing(value)) return;
  for (const auto& [known, why] : why_) {
    if (known == path) return;
  }
  const json::object* map = value.if_object();
  if (map == nullptr) return left.push_back(path);
  for (const auto& member : *map)
    note_left(member.value(),
              path.empty() ? std::string(member.key()) : path + '.' + std::string(member.key()), left);
}

}  // namespace earshot::ctl
