#include "worker/spoken_text/transcript_words.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "worker/spoken_text/characters.h"

namespace earshot::worker {

namespace {

constexpr Milliseconds kLeastSyllable{60};

struct Pair {
  char32_t open;
  char32_t close;
};
constexpr auto kNotes = std::to_array<Pair>({{'[', ']'},
                                             {'(', ')'},
                                             {'*', '*'},
                                             {'<', '>'},
                                             {0x266A, 0x266A},      // ♪
                                             {0x266B, 0x266B},      // ♫
                                             {0xFF08, 0xFF09},      // （）
                                             {0x3010, 0x3011},      // 【】
                                             {0x1F3B5, 0x1F3B5}});  // 🎵

// Folded: small letters without marks and blanks. What Whisper and its kin were reported to write for silence, music
// and noise (openai/whisper discussions 679 and 928, SYSTRAN/faster-whisper issue 621 and others).
constexpr auto kCredits = std::to_array<std::string_view>({
    "you",  // Whisper's and Moonshine's usual word for hiss, rain, a motor, a cough
    "thanksforwatching",
    "thankyouforwatching",
    "thankyousomuchforwatching",
    "thanksforwatchingdontforgettolikeandsubscribe",
    "pleasesubscribetomychannel",
    "dontforgettolikeandsubscribe",
    "subtitlesbytheamaraorgcommunity",
    "transcriptionbycastingwords",
    "transcribedbyhttpsotterai",
    "ご視聴ありがとうございました",
    "ご清聴ありがとうございました",
    "最後までご視聴ありがとうございました",
    "チャンネル登録をお願いします",
    "チャンネル登録お願いします",
    "请不吝点赞订阅转发打赏支持明镜与点点栏目",
    "請不吝點贊訂閱轉發打賞支持明鏡與點點欄目",
    "字幕由amaraorg社区提供",
    "字幕by索兰娅",
    "字幕志愿者杨茜茜",
    "中文字幕志愿者李宗盛",
    "谢谢观看",
    "谢谢大家收看",
    "感谢观看",
    "시청해주셔서감사합니다",
    "mbc뉴스이덕영입니다",
    "구독과좋아요부탁드립니다",
    "untertitelderamaraorgcommunity",
    "untertitelungaufgrundderamaraorgcommunity",
    "untertitelungdeszdf2020",
    "untertitelimauftragdeszdffürfunk2017",
    "soustitresréalisésparalacommunautédamaraorg",
    "soustitresréaliséspourlacommunautédamaraorg",
    "soustitresréalisésparlacommunautédamaraorg",
    "mercidavoirregardécettevidéo",
    "subtítulosrealizadosporlacomunidaddeamaraorg",
    "subtítulosporlacomunidaddeamaraorg",
    "sottotitoliesottotitoliacuradiqtss",
    "sottotitolicreatidallacomunitàamaraorg",
    "legendaspelacomunidadeamaraorg",
    "субтитрысделалdimatorzok",
    "редакторсубтитроваcинецкаякорректораегорова",
    "продолжениеследует",
});

struct Short {
  std::string_view folded;
  int syllables;
};
constexpr auto kShort = std::to_array<Short>({
    {"thankyou", 2},
    {"thankyouverymuch", 5},
    {"thanks", 1},
    {"bye", 1},
    {"byebye", 2},
    {"goodbye", 2},
    {"okay", 2},
    {"ok", 2},
    {"so", 1},
    {"oh", 1},
    {"yeah", 1},
    {"hmm", 1},
    {"uh", 1},
    {"um", 1},
    {"谢谢", 2},
    {"谢谢大家", 4},
    {"拜拜", 2},
    {"嗯", 1},
    {"啊", 1},
    {"我", 1},
    {"ありがとうございました", 9},
    {"ありがとうございます", 8},
    {"おやすみなさい", 7},
    {"はい", 2},
    {"네", 1},
    {"감사합니다", 5},
    {"고맙습니다", 5},
    {"vielendank", 3},
    {"danke", 2},
    {"tschüss", 1},
    {"merci", 2},
    {"gracias", 2},
    {"adiós", 2},
    {"спасибо", 3},
});

char32_t closing_of(char32_t open) {
  const auto found = std::ranges::find(kNotes, open, &Pair::open);
  return found == kNotes.end() ? 0 : found->close;
}

// Without notes in brackets. A bracket that is not closed hides nothing.
std::string without_notes(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const Character one = character_at(text, i);
    const char32_t close = closing_of(one.code);
    std::size_t end = i + one.bytes;
    while (close != 0 && end < text.size() && character_at(text, end).code != close)
      end += character_at(text, end).bytes;
    if (close != 0 && end < text.size()) {
      i = end + character_at(text, end).bytes;
      out += ' ';
      continue;
    }
    out += text.substr(i, one.bytes);
    i += one.bytes;
  }
  return out;
}

std::string folded_text(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const Character one = character_at(text, i);
    if (is_word_character(one.code)) append_character(out, folded(one.code));
    i += one.bytes;
  }
  return out;
}

}  // namespace

bool has_spoken_words(std::string_view transcript, Milliseconds speech) {
  constexpr std::size_t kLongestNoise = 400;  // a longer text is none of the lists, and no note alone
  if (transcript.size() > kLongestNoise) return has_word_characters(transcript);
  const std::string words = folded_text(without_notes(transcript));
  if (!has_word_characters(words)) return false;
  if (std::ranges::find(kCredits, words) != kCredits.end()) return false;
  const auto known = std::ranges::find(kShort, std::string_view(words), &Short::folded);
  const bool too_little =
      known != kShort.end() && speech.count() > 0 && speech < known->syllables * kLeastSyllable;
  return !too_little;
}

}  // namespace earshot::worker
