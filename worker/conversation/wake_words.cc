#include "worker/conversation/wake_words.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxWakeWordBytes = 64;

// Chinese punctuation that a model's name may carry, in UTF-8.
constexpr std::array<std::string_view, 4> kWideMarks = {"，", "。", "！", "、"};

std::string folded(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto mark =
        std::ranges::find_if(kWideMarks, [&](std::string_view one) { return text.starts_with(one); });
    if (mark != kWideMarks.end()) {
      text.remove_prefix(mark->size());
      continue;
    }
    const char c = text.front();
    text.remove_prefix(1);
    const bool letter =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<std::uint8_t>(c) >= 0x80;
    if (letter) out += c;
    if (c >= 'A' && c <= 'Z') out += static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace

WakeWords::WakeWords(const std::vector<std::string>& words) {
  for (const std::string& word : words) words_.push_back(folded(word));
}

bool WakeWords::contains(std::string_view text) const {
  if (text.size() > kMaxWakeWordBytes) return false;
  const std::string word = folded(text);
  return !word.empty() && std::ranges::find(words_, word) != words_.end();
}

std::vector<std::string> WakeWords::usual() {
  return {"hi esp",   "hi lexin", "hi jason", "hi joy",   "hey willow", "hey wanda", "hey wand", "alexa",
          "jarvis",   "computer", "sophia",   "mycroft",  "astrolabe",  "blue chip", "hey ily",  "hi walle",
          "你好小智", "小智小智", "你好小鑫", "小爱同学", "小美同学",   "小龙小龙",  "喵喵同学", "你好东东",
          "你好喵伴", "你好星宝", "嗨小星",   "小宇同学", "你好小益",   "小明同学",  "小康同学", "小滨小滨"};
}

}  // namespace earshot::worker
