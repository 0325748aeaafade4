#include "worker/dialogue/wake_words.h"

#include <algorithm>

#include "worker/dialogue/folded_words.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxWakeWordBytes = 64;

}  // namespace

WakeWords::WakeWords(const std::vector<std::string>& words) {
  for (const std::string& word : words) words_.push_back(folded_words(word));
}

bool WakeWords::contains(std::string_view text) const {
  if (text.size() > kMaxWakeWordBytes) return false;
  const std::string word = folded_words(text);
  return !word.empty() && std::ranges::find(words_, word) != words_.end();
}

std::vector<std::string> WakeWords::usual() {
  return {"hi esp",   "hi lexin", "hi jason", "hi joy",   "hey willow", "hey wanda", "hey wand", "alexa",
          "jarvis",   "computer", "sophia",   "mycroft",  "astrolabe",  "blue chip", "hey ily",  "hi walle",
          "你好小智", "小智小智", "你好小鑫", "小爱同学", "小美同学",   "小龙小龙",  "喵喵同学", "你好东东",
          "你好喵伴", "你好星宝", "嗨小星",   "小宇同学", "你好小益",   "小明同学",  "小康同学", "小滨小滨"};
}

}  // namespace earshot::worker
