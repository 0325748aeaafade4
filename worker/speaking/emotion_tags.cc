#include "worker/speaking/emotion_tags.h"

#include <algorithm>
#include <utility>

#include "worker/speaking/emoji_emotion.h"

namespace earshot::worker {

namespace {

std::string small_word(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  std::string word(text);
  std::ranges::transform(word, word.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return word;
}

}  // namespace

std::vector<EmotionTags::Part> EmotionTags::feed(std::string_view piece) {
  std::vector<Part> parts(1);
  for (const char c : piece) {
    if (c == '[') {
      parts.back().text += std::exchange(held_, {});
      held_ = c;
    } else if (held_.empty()) {
      parts.back().text += c;
    } else if (c == ']') {
      close(parts);
    } else {
      held_ += c;
      if (c == '\n' || held_.size() > kMaxBytes + 1) parts.back().text += std::exchange(held_, {});
    }
  }
  return parts;
}

std::string EmotionTags::flush() {
  return std::exchange(held_, {});
}

void EmotionTags::close(std::vector<Part>& parts) {
  const std::string whole = std::exchange(held_, {});
  const std::string word = small_word(std::string_view(whole).substr(1));
  for (const auto& [tag, face] : own_) {
    if (small_word(tag) != word) continue;
    parts.back().tag = tag;
    parts.back().face = face;
  }
  if (parts.back().tag.empty() && is_face(word)) parts.back().tag = parts.back().face = word;
  if (parts.back().tag.empty()) {
    parts.back().text += whole + ']';
  } else {
    parts.emplace_back();
  }
}

}  // namespace earshot::worker
