#include "worker/hearing/utterance_completeness.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

namespace earshot::worker {

namespace {

using Words = std::span<const std::string_view>;

constexpr std::size_t kMaxWordBytes = 32;  // longer than any in the lists

constexpr std::array<std::string_view, 33> kEnglish = {
    "and",  "but", "so",   "or", "because", "if",   "the", "a",     "an",   "to",    "of",
    "with", "for", "from", "at", "my",      "your", "our", "their", "than", "as",    "very",
    "um",   "uh",  "uhm",  "er", "erm",     "hmm",  "ah",  "like",  "well", "maybe", "between"};
constexpr std::array<std::string_view, 34> kGerman = {
    "und", "oder", "aber", "weil",  "dass",   "wenn",  "also",  "äh",   "ähm",     "hm",  "der", "die",
    "den", "dem",  "ein",  "eine",  "einen",  "einem", "einer", "für",  "von",     "vom", "im",  "ins",
    "zum", "zur",  "mein", "meine", "meinen", "dein",  "deine", "sehr", "sondern", "ob"};
constexpr std::array<std::string_view, 34> kFrench = {
    "et",   "ou",  "mais", "donc", "que", "car", "parce", "euh",   "ben",  "alors", "le",  "la",
    "les",  "un",  "une",  "des",  "de",  "du",  "à",     "au",    "aux",  "dans",  "sur", "pour",
    "avec", "mon", "ma",   "mes",  "ton", "ta",  "si",    "quand", "très", "chez"};
constexpr std::array<std::string_view, 34> kSpanish = {
    "y",   "e",   "o",    "u",  "pero", "porque", "que",  "si",     "eh",  "este", "pues", "el",
    "la",  "los", "las",  "un", "una",  "unos",   "unas", "de",     "del", "a",    "al",   "en",
    "con", "por", "para", "mi", "mis",  "tu",     "su",   "cuando", "muy", "entre"};
// Without spaces: ends of the text.
constexpr std::array<std::string_view, 24> kChinese = {
    "然后", "就是", "那个", "因为", "所以", "但是",   "可是", "不过", "而且", "还有", "和", "跟",
    "或者", "或是", "如果", "要是", "比如", "比如说", "以及", "把",   "嗯",   "呃",   "额", "就是说"};
constexpr std::array<std::string_view, 14> kJapanese = {"えっと", "えーと",   "ええと", "あの", "あのー",
                                                        "でも",   "だから",   "けど",   "ので", "それで",
                                                        "そして", "それから", "を",     "が"};
constexpr std::array<std::string_view, 14> kKorean = {"그리고",   "그래서", "그런데", "근데",    "하지만",
                                                      "왜냐하면", "아니면", "또는",   "음",      "어",
                                                      "저기",     "그니까", "를",     "그러니까"};
constexpr std::array<std::string_view, 12> kEndings = {
    "吗", "吧", "です", "ます", "ました", "ですか", "ますか", "ください", "니다", "니까", "세요", "나요"};

constexpr std::array<std::string_view, 7> kSentenceEnds = {"?", "!", "？", "！", ".", "。", "．"};
constexpr std::array<std::string_view, 11> kOpenEnds = {"…",  "...", ",",  "，", "、", ";",
                                                        "；", ":",   "：", "-",  "—"};
constexpr std::array<std::string_view, 10> kAround = {" ", "\t", "\"", "'", ")", "”", "’", "」", "』", "）"};

bool ends_with_any(std::string_view text, Words endings) {
  return std::ranges::any_of(endings, [&](std::string_view ending) { return text.ends_with(ending); });
}

// RETURNS: whether there was one; takes it away.
bool strip_one(std::string_view& text, Words endings) {
  for (const std::string_view ending : endings) {
    if (!text.ends_with(ending)) continue;
    text.remove_suffix(ending.size());
    return true;
  }
  return false;
}

void strip(std::string_view& text, Words endings) {
  while (strip_one(text, endings)) {
  }
}

// Lower case of ASCII and of À to Þ, which are C3 80 to C3 9E in UTF-8.
std::string lower(std::string_view word) {
  std::string out(word);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto byte = static_cast<unsigned char>(out[i]);
    const bool ascii = byte >= 'A' && byte <= 'Z';
    const bool latin =
        i > 0 && static_cast<unsigned char>(out[i - 1]) == 0xC3 && byte >= 0x80 && byte <= 0x9E;
    if (ascii || latin) out[i] = static_cast<char>(byte + 0x20);
  }
  return out;
}

std::string_view last_word(std::string_view text) {
  const auto space = text.find_last_of(" \t'");
  return space == std::string_view::npos ? text : text.substr(space + 1);
}

Words latin_words(std::string_view language) {
  if (language.starts_with("de")) return kGerman;
  if (language.starts_with("fr")) return kFrench;
  if (language.starts_with("es")) return kSpanish;
  return kEnglish;
}

bool asks_for_more(std::string_view text, std::string_view language) {
  if (ends_with_any(text, kChinese) || ends_with_any(text, kJapanese)) return true;
  const std::string_view word = last_word(text);
  if (word.empty() || word.size() > kMaxWordBytes) return false;
  const bool latin = static_cast<unsigned char>(word.front()) < 0xE0;
  if (latin) return std::ranges::count(latin_words(language), lower(word)) > 0;
  // A whole Korean word, but for the particle of an object, which hangs on to it.
  return std::ranges::count(kKorean, word) > 0 || word.ends_with("를");
}

}  // namespace

Completeness completeness(std::string_view words, std::string_view language) {
  strip(words, kAround);
  if (words.empty()) return Completeness::kUnknown;
  if (ends_with_any(words, kOpenEnds)) return Completeness::kUnfinished;
  std::string_view text = words;
  const bool question =
      text.ends_with('?') || text.ends_with("？") || text.ends_with('!') || text.ends_with("！");
  const bool ended = strip_one(text, kSentenceEnds);
  strip(text, kAround);
  if (text.empty()) return Completeness::kUnknown;
  if (!question && asks_for_more(text, language)) return Completeness::kUnfinished;
  return ended || ends_with_any(text, kEndings) ? Completeness::kFinished : Completeness::kUnknown;
}

}  // namespace earshot::worker
