#include "worker/http_tools/answer_text.h"

#include <charconv>
#include <utility>

#include "worker/http_tools/feed_reader.h"
#include "worker/http_tools/value_template.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxAnswerBytes = 8 * 1024 * 1024;  // the request bounds it by far less

std::string unescaped(std::string_view token) {
  std::string made;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const bool escape = token[i] == '~' && i + 1 < token.size();
    if (escape) ++i;
    made += !escape ? token[i] : token[i] == '1' ? '/' : '~';
  }
  return made;
}

std::string told_of(const json::value& item, const std::string& answer) {
  if (answer.find("{{") == std::string::npos) {
    const json::value* found = find_pointer(item, answer);
    return found == nullptr ? std::string() : value_text(*found);
  }
  const auto filled = fill_template(answer, TemplatePlace::kText, [&item](std::string_view pointer) {
    return find_pointer(item, pointer);
  });
  return filled ? *filled : std::string();
}

}  // namespace

const json::value* find_pointer(const json::value& from, std::string_view pointer) {
  const json::value* at = &from;
  while (at != nullptr && pointer.starts_with('/')) {
    pointer.remove_prefix(1);
    const std::string_view token = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(token.size());
    if (const json::object* object = at->if_object()) {
      at = object->if_contains(unescaped(token));
    } else if (const json::array* array = at->if_array()) {
      std::size_t place = 0;
      const auto end = std::from_chars(token.data(), token.data() + token.size(), place);
      const bool whole = end.ec == std::errc() && end.ptr == token.data() + token.size();
      at = whole && place < array->size() ? &(*array)[place] : nullptr;
    } else {
      at = nullptr;
    }
  }
  return pointer.empty() ? at : nullptr;
}

Result<std::string> answer_text(const AnswerTerms& terms, std::string_view body, std::size_t max_bytes) {
  if (terms.format == AnswerTerms::Format::kText) return json::clean_text(body, max_bytes);
  json::value whole;
  if (terms.format == AnswerTerms::Format::kFeed) {
    whole = read_feed(body, terms.limit);
  } else {
    auto parsed = json::parse_value(body, kMaxAnswerBytes);
    if (!parsed) return Error{ErrorCode::kInvalid, "the service's answer is not JSON"};
    whole = std::move(*parsed);
  }
  std::string text;
  if (terms.each.empty()) {
    text = told_of(whole, terms.answer);
  } else if (const json::value* list = find_pointer(whole, terms.each); list != nullptr && list->is_array()) {
    std::size_t count = 0;
    for (const json::value& item : list->get_array()) {
      if (count++ == terms.limit || text.size() > max_bytes) break;
      if (!text.empty()) text += '\n';
      text += told_of(item, terms.answer);
    }
  }
  if (text.empty()) return Error{ErrorCode::kNotFound, "the service has no answer to that"};
  return json::clean_text(text, max_bytes);
}

}  // namespace earshot::worker
