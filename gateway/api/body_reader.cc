#include "gateway/api/body_reader.h"

#include <algorithm>

namespace earshot::gateway::api {

namespace {

constexpr std::size_t kMaxToldProblems = 10;

bool has_control(std::string_view text, bool with_lines) {
  return std::ranges::any_of(text, [with_lines](char c) {
    if (with_lines && (c == '\n' || c == '\t' || c == '\r')) return false;
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
}

}  // namespace

const json::value* BodyReader::find(std::string_view key) {
  read_.emplace(key);
  return body_.if_contains(key);
}

std::optional<std::string> BodyReader::any_text(std::string_view key, std::size_t max_bytes,
                                                bool with_lines) {
  const json::value* found = find(key);
  if (found == nullptr) return std::nullopt;
  if (!found->is_string()) return problem(key, "must be a text"), std::nullopt;
  const std::string_view text(found->get_string());
  if (text.size() > max_bytes)
    return problem(key, "must be at most " + std::to_string(max_bytes) + " bytes"), std::nullopt;
  if (has_control(text, with_lines)) return problem(key, "must not hold control characters"), std::nullopt;
  return std::string(text);
}

std::optional<std::string> BodyReader::text(std::string_view key, std::size_t max_bytes) {
  return any_text(key, max_bytes, false);
}

std::optional<std::string> BodyReader::long_text(std::string_view key, std::size_t max_bytes) {
  return any_text(key, max_bytes, true);
}

std::optional<bool> BodyReader::boolean(std::string_view key) {
  const json::value* found = find(key);
  if (found == nullptr) return std::nullopt;
  if (!found->is_bool()) return problem(key, "must be true or false"), std::nullopt;
  return found->get_bool();
}

std::optional<std::int64_t> BodyReader::integer(std::string_view key, std::int64_t min, std::int64_t max) {
  if (find(key) == nullptr) return std::nullopt;
  const auto number = json::find_int(body_, key);
  if (!number || *number < min || *number > max) {
    problem(key, "must be an integer from " + std::to_string(min) + " to " + std::to_string(max));
    return std::nullopt;
  }
  return number;
}

std::optional<std::vector<std::string>> BodyReader::texts(std::string_view key, std::size_t max_items,
                                                          std::size_t max_bytes) {
  const json::value* found = find(key);
  if (found == nullptr) return std::nullopt;
  const auto wrong = [&] {
    problem(key, "must be a list of at most " + std::to_string(max_items) + " texts of at most " +
                     std::to_string(max_bytes) + " bytes");
    return std::nullopt;
  };
  if (!found->is_array() || found->get_array().size() > max_items) return wrong();
  std::vector<std::string> texts;
  for (const json::value& item : found->get_array()) {
    if (!item.is_string() || item.get_string().size() > max_bytes) return wrong();
    texts.emplace_back(item.get_string());
    if (has_control(texts.back(), false)) return wrong();
  }
  return texts;
}

std::optional<json::object> BodyReader::object(std::string_view key) {
  const json::value* found = find(key);
  if (found == nullptr) return std::nullopt;
  if (!found->is_object()) return problem(key, "must be an object"), std::nullopt;
  return found->get_object();
}

std::string BodyReader::required_text(std::string_view key, std::size_t max_bytes) {
  if (!has(key)) problem(key, "is missing");
  auto found = text(key, max_bytes);
  if (found && found->empty()) problem(key, "must not be empty");
  return found.value_or("");
}

json::object BodyReader::required_object(std::string_view key) {
  if (!has(key)) problem(key, "is missing");
  return object(key).value_or(json::object{});
}

void BodyReader::problem(std::string_view key, std::string_view what) {
  problems_.push_back(json::clean_text(key, 64) + " " + std::string(what));
}

std::optional<http::Response> BodyReader::refusal() {
  for (const auto& member : body_) {
    if (!read_.contains(std::string_view(member.key()))) problem(member.key(), "is not known here");
  }
  if (problems_.empty()) return std::nullopt;
  std::string all;
  for (std::size_t i = 0; i < std::min(problems_.size(), kMaxToldProblems); ++i)
    all += (i == 0 ? "" : "; ") + problems_[i];
  return http::json_error(400, all);
}

bool is_name(std::string_view text, std::string_view extra, std::size_t max_bytes) {
  return !text.empty() && text.size() <= max_bytes && std::ranges::all_of(text, [extra](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || extra.find(c) != std::string_view::npos;
  });
}

}  // namespace earshot::gateway::api
