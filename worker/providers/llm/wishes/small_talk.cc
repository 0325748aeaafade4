#include "worker/providers/llm/wishes/small_talk.h"

#include <array>
#include <span>

namespace earshot::worker {

namespace {

struct TalkLine {
  std::string_view english;
  std::string_view chinese;
};

constexpr auto kWell = std::to_array<TalkLine>({
    {"I am well, thank you. What can I do for you?", "我很好，谢谢。有什么可以帮你的吗？"},
    {"Quite well, thanks for asking. And how are you?", "挺好的，谢谢关心。你呢？"},
});
constexpr auto kMyself = std::to_array<TalkLine>({
    {"I am Earshot's built-in assistant. I work without a language model: by rules, and on this machine.",
     "我是Earshot自带的助手。我不用语言模型，只按规则工作，就在这台机器上。"},
});
constexpr auto kJokes = std::to_array<TalkLine>({
    {"Why did the clock go to school? It wanted to be on time.",
     "为什么时钟最守时？因为它一分一秒都不敢走错。"},
    {"I told my microphone a secret. Now everybody has heard it.",
     "我把秘密告诉了麦克风，结果大家都听见了。"},
    {"What do you call a quiet loudspeaker? A good listener.", "安静的音箱叫什么？叫好听众。"},
    {"I would tell you a joke about timers, but the timing is difficult.",
     "我想讲个计时器的笑话，可惜时间还没到。"},
});
constexpr auto kKindness = std::to_array<TalkLine>({
    {"That is kind of you, thank you.", "你真好，谢谢。"},
    {"Thank you, I am glad to hear that.", "谢谢，听到这个我很高兴。"},
});

std::span<const TalkLine> talk_lines(WishKind kind) {
  if (kind == WishKind::kHowAreYou) return kWell;
  if (kind == WishKind::kWhoAreYou) return kMyself;
  if (kind == WishKind::kJoke) return kJokes;
  return kKindness;
}

}  // namespace

BrainStep chat_a_little(WishKind kind, std::size_t turns, const SkillInput& input) {
  const auto lines = talk_lines(kind);
  const TalkLine& line = lines[turns % lines.size()];
  const std::string_view emotion = kind == WishKind::kJoke ? "funny" : "happy";
  return {.emotion = std::string(emotion),
          .text = std::string(is_chinese_language(input.language) ? line.chinese : line.english),
          .calls = {}};
}

}  // namespace earshot::worker
