#include "worker/conversation/interruption.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "worker/dialogue/folded_words.h"

namespace earshot::worker {

namespace {

// What listeners say while they listen, as folded_words() writes it. Nothing that can mean "stop" or "no", and
// no greeting.
constexpr auto kBackchannels = std::to_array<std::string_view>({
    // English
    "mm",
    "mmm",
    "mhm",
    "mmhm",
    "mmhmm",
    "hm",
    "hmm",
    "hmmm",
    "uhhuh",
    "uhuh",
    "aha",
    "ah",
    "oh",
    "ooh",
    "uh",
    "um",
    "er",
    "huh",
    "yeah",
    "yep",
    "yup",
    "yes",
    "yesyes",
    "yeahyeah",
    "ok",
    "okay",
    "okok",
    "right",
    "alright",
    "sure",
    "isee",
    "wow",
    "really",
    "nice",
    "great",
    "cool",
    "gotit",
    "ohisee",
    "ohokay",
    "ohwow",
    // German
    "ja",
    "jaja",
    "jaha",
    "genau",
    "achso",
    "ach",
    "so",
    "stimmt",
    "klar",
    "gut",
    "mhmja",
    "okgut",
    // French
    "oui",
    "ouais",
    "ouioui",
    "daccord",
    "ahbon",
    "ahoui",
    "bien",
    "biensûr",
    "voilà",
    "hein",
    // Spanish
    "sí",
    "si",
    "sísí",
    "ajá",
    "vale",
    "claro",
    "bueno",
    "ya",
    "yaya",
    "deacuerdo",
    "entiendo",
    // Chinese
    "嗯",
    "嗯嗯",
    "嗯嗯嗯",
    "哦",
    "哦哦",
    "噢",
    "喔",
    "啊",
    "唉",
    "哎",
    "诶",
    "欸",
    "呃",
    "额",
    "呵呵",
    "哈哈",
    "哈哈哈",
    "对",
    "对对",
    "对对对",
    "对啊",
    "是",
    "是是是",
    "是啊",
    "是的",
    "好",
    "好的",
    "好吧",
    "行",
    "這樣",
    "这样",
    "这样啊",
    "原来如此",
    "對",
    "對啊",
    // Japanese
    "うん",
    "うんうん",
    "はい",
    "はいはい",
    "ええ",
    "へえ",
    "へー",
    "ほう",
    "ほお",
    "ああ",
    "あー",
    "おお",
    "ふーん",
    "ふうん",
    "そう",
    "そうか",
    "そっか",
    "そうですか",
    "なるほど",
    "なるほどね",
    "ん",
    "んー",
    // Korean
    "응",
    "어",
    "아",
    "네",
    "네네",
    "예",
    "음",
    "그래",
    "그래요",
    "그렇구나",
    "아하",
    "오",
    "와",
});

// The lead byte says how long a character is; whoever reads has checked that it is UTF-8, and bad bytes do no
// harm here.
std::size_t length_of(std::uint8_t lead) {
  return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
}

// Han, kana: scripts without blanks between words (U+3040 to U+30FF, U+3400 to U+9FFF, and beyond U+20000).
bool is_word_alone(std::string_view character) {
  const auto lead = static_cast<std::uint8_t>(character[0]);
  if (character.size() == 4) return lead == 0xf0 && static_cast<std::uint8_t>(character[1]) >= 0xa0;
  if (character.size() != 3) return false;
  const auto second = static_cast<std::uint8_t>(character[1]);
  return (lead == 0xe3 && second >= 0x81 && second <= 0x83) || (lead == 0xe3 && second >= 0x90) ||
         (lead >= 0xe4 && lead <= 0xe9);
}

}  // namespace

int spoken_words(std::string_view text) {
  int count = 0;
  bool inside = false;  // a word with letters
  while (!text.empty()) {
    const auto lead = static_cast<std::uint8_t>(text[0]);
    const std::string_view character = text.substr(0, length_of(lead));
    text.remove_prefix(character.size());
    if (is_word_alone(character)) {
      ++count;
      inside = false;
    } else if (lead == ' ' || lead == '\t' || lead == '\n' || lead == '-') {
      inside = false;
    } else if (!inside && !folded_words(character).empty()) {
      ++count;
      inside = true;
    }
  }
  return count;
}

bool is_interruption(std::string_view words, bool reply_goes_on, const InterruptionPolicy& policy) {
  const std::string folded = folded_words(words);
  if (folded.empty()) return false;
  if (!reply_goes_on) return true;
  if (spoken_words(words) < policy.min_words) return false;
  return std::ranges::find(kBackchannels, folded) == kBackchannels.end();
}

}  // namespace earshot::worker
