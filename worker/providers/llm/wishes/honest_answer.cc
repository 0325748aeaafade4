#include "worker/providers/llm/wishes/honest_answer.h"

#include <algorithm>
#include <array>

namespace earshot::worker {

namespace {

// One line for whoever runs this server; it prints the lines that switch a model on.
constexpr std::string_view kCommand = "earshotctl providers find";

struct HonestPhrases {
  std::string_view language;  // the beginning of a BCP 47 tag
  std::string_view explained;
  std::string_view no_model;  // {}: the command
  std::string_view found;     // {}: the model's name, then the command
  std::array<std::string_view, 3> again;
};

// English, the last, is for all others.
constexpr auto kHonest = std::to_array<HonestPhrases>({
    {"zh",
     "我听清了，但是我没有语言模型，不能随意聊天。我会报时、算数、换算单位、设提醒、记清单，还能控制这个设备"
     "。",
     "想要模型的话，请在服务器上运行 {} 。",
     "这台机器上有{}，运行 {} 就知道怎么用它。",
     {"这个我没有语言模型就回答不了。问我会做什么吧。", "这件事我还不会，不过我可以帮你计时、算数或记清单。",
      "抱歉，自由聊天需要语言模型，我现在没有。"}},
    {"ja",
     "聞き取れましたが、言語モデルがないので自由な会話はできません。英語か中国語で、時刻、計算、単位換算、タ"
     "イマー、リスト、"
     "この機器の操作ができます。",
     "モデルを使うには、サーバーで {} を実行してください。",
     "このマシンに{}があります。使い方は {} で分かります。",
     {"それは言語モデルがないと答えられません。", "今の私にはまだできません。",
      "すみません、自由な会話には言語モデルが必要です。"}},
    {"ko",
     "잘 들었지만 언어 모델이 없어서 자유로운 대화는 할 수 없어요. 영어나 중국어로 시간, 계산, 단위 변환, "
     "타이머, 목록, 이 기기의 "
     "설정을 할 수 있어요.",
     "모델을 쓰려면 서버에서 {} 를 실행하세요.",
     "이 컴퓨터에 {} 모델이 있어요. {} 를 실행하면 사용 방법을 알려 줘요.",
     {"그건 언어 모델이 없으면 대답할 수 없어요.", "아직 그건 할 수 없어요.",
      "죄송해요, 자유로운 대화에는 언어 모델이 필요해요."}},
    {"de",
     "Das habe ich gehört, aber ohne Sprachmodell kann ich nicht frei sprechen. Auf Englisch oder Chinesisch "
     "kann ich "
     "Uhrzeit, Rechnen, Einheiten, Timer, Listen und dieses Gerät.",
     "Ein Modell bekomme ich auf dem Server mit {} .",
     "Auf diesem Rechner läuft {}; wie ich es nutze, zeigt {} .",
     {"Das kann ich ohne Sprachmodell nicht beantworten.", "Das kann ich noch nicht.",
      "Für freie Gespräche brauche ich ein Sprachmodell, und das fehlt mir."}},
    {"fr",
     "Je vous ai entendu, mais sans modèle de langage je ne peux pas parler librement. En anglais ou en "
     "chinois, je sais "
     "l'heure, le calcul, les unités, les minuteurs, les listes et cet appareil.",
     "Pour me donner un modèle, lancez {} sur le serveur.",
     "Il y a {} sur cette machine ; {} montre comment l'utiliser.",
     {"Sans modèle de langage, je ne peux pas répondre à cela.", "Je ne sais pas encore faire cela.",
      "Il me faut un modèle de langage pour parler librement."}},
    {"es",
     "Le he oído, pero sin un modelo de lenguaje no puedo hablar libremente. En inglés o en chino sé la "
     "hora, cálculos, "
     "unidades, temporizadores, listas y este aparato.",
     "Para darme un modelo, ejecute {} en el servidor.",
     "En esta máquina hay {}; {} muestra cómo usarlo.",
     {"Sin un modelo de lenguaje no puedo responder a eso.", "Eso todavía no lo sé hacer.",
      "Para hablar libremente necesito un modelo de lenguaje."}},
    {"",
     "I heard you, but I have no language model, so I can not talk freely. I can do time and dates, sums, "
     "units, timers, "
     "reminders and lists, and this device's settings.",
     "To give me a model, run {} on the server.",
     "There is {} on this machine: {} tells how to use it.",
     {"I can not answer that without a language model. Ask me what I can do.",
      "That is beyond my rules, but I can set a timer, do a sum or keep a list.",
      "Free talk needs a language model, and I have none yet."}},
});

enum class Script { kOther, kHan, kKana, kHangul };

Script script_of(std::string_view text) {
  Script script = Script::kOther;
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    if ((byte(i) & 0xf0) != 0xe0) continue;
    const unsigned code = (byte(i) & 0x0fU) << 12 | (byte(i + 1) & 0x3fU) << 6 | (byte(i + 2) & 0x3fU);
    if (code >= 0x3041 && code <= 0x30ff) return Script::kKana;
    if (code >= 0xac00 && code <= 0xd7a3) return Script::kHangul;
    if (code >= 0x4e00 && code <= 0x9fff) script = Script::kHan;
  }
  return script;
}

const HonestPhrases& phrases_of(const FreeSpeech& said) {
  std::string_view language = said.language;
  switch (script_of(said.text)) {
    case Script::kKana:
      language = "ja";
      break;
    case Script::kHangul:
      language = "ko";
      break;
    case Script::kHan:
      if (!language.starts_with("ja")) language = "zh";
      break;
    case Script::kOther:
      // Latin letters on a device of a language that has others.
      if (language.starts_with("zh") || language.starts_with("ja") || language.starts_with("ko"))
        language = "en";
      break;
  }
  return *std::ranges::find_if(kHonest,
                               [&](const HonestPhrases& one) { return language.starts_with(one.language); });
}

void put(std::string& text, std::string_view argument) {
  if (const std::size_t place = text.find("{}"); place != std::string::npos) text.replace(place, 2, argument);
}

}  // namespace

std::string honest_answer(const FreeSpeech& said) {
  const HonestPhrases& phrases = phrases_of(said);
  if (said.answered_before > 0)
    return std::string(phrases.again[(said.answered_before - 1) % phrases.again.size()]);
  std::string how(said.model.empty() ? phrases.no_model : phrases.found);
  if (!said.model.empty()) put(how, said.model);
  put(how, kCommand);
  const bool blank = phrases.language != "zh" && phrases.language != "ja";
  return std::string(phrases.explained) + (blank ? " " : "") + how;
}

bool is_honest_answer(std::string_view text) {
  return std::ranges::any_of(kHonest, [&](const HonestPhrases& one) {
    return text.starts_with(one.explained) ||
           std::ranges::any_of(one.again, [&](std::string_view again) { return text.starts_with(again); });
  });
}

}  // namespace earshot::worker
