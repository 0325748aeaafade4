#include "worker/dialogue/apologies.h"

#include <algorithm>
#include <array>

namespace earshot::worker {

namespace {

struct Phrases {
  std::string_view language;  // a BCP 47 tag or its beginning
  std::string_view heard_nothing;
  std::string_view not_heard;
  std::string_view no_answer;
  std::string_view no_voice;
  std::string_view sorry;
  std::string_view farewell;
  std::string_view filler;
};

// The longer tag of two that fit stands first; English, the last, is for all others.
constexpr std::array kPhrases = {
    Phrases{"zh-TW", "我沒有聽到聲音。", "抱歉，我剛才沒有聽清楚。", "抱歉，我現在回答不了。",
            "我現在說不出話來。", "抱歉", "再見。", "請稍等。"},
    Phrases{"zh-HK", "我沒有聽到聲音。", "抱歉，我剛才沒有聽清楚。", "抱歉，我現在回答不了。",
            "我現在說不出話來。", "抱歉", "再見。", "請稍等。"},
    Phrases{"yue", "我聽唔到聲音。", "唔好意思，我啱啱聽唔清楚。", "唔好意思，我而家答唔到。",
            "我而家講唔到嘢。", "唔好意思", "拜拜。", "請等等。"},
    Phrases{"zh", "我没有听到声音。", "抱歉，我刚才没有听清。", "抱歉，我现在回答不了。",
            "我现在说不出话来。", "抱歉", "再见。", "请稍等。"},
    Phrases{"ja", "音声が聞こえませんでした。", "すみません、聞き取れませんでした。もう一度お願いします。",
            "すみません、今はお答えできません。", "今は話せません。", "すみません", "さようなら。",
            "少々お待ちください。"},
    Phrases{"ko", "아무 소리도 듣지 못했어요.", "죄송해요, 잘 듣지 못했어요. 다시 말씀해 주세요.",
            "죄송해요, 지금은 대답할 수 없어요.", "지금은 말할 수 없어요.", "죄송해요", "안녕히 계세요.",
            "잠시만 기다려 주세요."},
    Phrases{"de", "Ich habe nichts gehört.", "Entschuldigung, das habe ich nicht gehört. Bitte noch einmal.",
            "Entschuldigung, ich kann gerade nicht antworten.", "Ich kann gerade nicht sprechen.",
            "Entschuldigung", "Auf Wiedersehen.", "Einen Moment."},
    Phrases{"fr", "Je n'ai rien entendu.", "Désolé, je n'ai pas entendu. Pouvez-vous répéter ?",
            "Désolé, je ne peux pas répondre pour le moment.", "Je ne peux pas parler pour le moment.",
            "Désolé", "Au revoir.", "Un instant."},
    Phrases{"es", "No he oído nada.", "Lo siento, no lo he oído. Repítelo, por favor.",
            "Lo siento, ahora no puedo responder.", "Ahora no puedo hablar.", "Lo siento", "Adiós.",
            "Un momento."},
    Phrases{"pt", "Não ouvi nada.", "Desculpe, não ouvi. Pode repetir?",
            "Desculpe, agora não posso responder.", "Agora não posso falar.", "Desculpe", "Até logo.",
            "Um momento."},
    Phrases{"it", "Non ho sentito niente.", "Scusa, non ho sentito. Puoi ripetere?",
            "Scusa, ora non posso rispondere.", "Ora non posso parlare.", "Scusa", "Arrivederci.",
            "Un momento."},
    Phrases{"ru", "Я ничего не услышал.", "Извините, я не расслышал. Повторите, пожалуйста.",
            "Извините, сейчас я не могу ответить.", "Сейчас я не могу говорить.", "Извините", "До свидания.",
            "Одну минуту."},
    Phrases{"", "I did not hear anything.", "Sorry, I could not hear that. Please say it again.",
            "Sorry, I can not answer right now.", "I can not speak right now.", "Sorry", "Goodbye.",
            "One moment."},
};

struct LimitPhrase {
  std::string_view language;
  std::string_view text;
};

// As kPhrases.
constexpr std::array kSpeechLimit = {
    LimitPhrase{"zh-TW", "說得太長了，請放開按鍵聽我回答。"},
    LimitPhrase{"zh-HK", "說得太長了，請放開按鍵聽我回答。"},
    LimitPhrase{"yue", "講得太長喇，請放開個掣聽我答。"},
    LimitPhrase{"zh", "说得太长了，请松开按键听我回答。"},
    LimitPhrase{"ja", "お話が長すぎます。ボタンを離してください。"},
    LimitPhrase{"ko", "말씀이 너무 길어요. 버튼을 놓아 주세요."},
    LimitPhrase{"de", "Das war zu lang für einmal. Bitte die Taste loslassen."},
    LimitPhrase{"fr", "C'était trop long. Relâchez le bouton, s'il vous plaît."},
    LimitPhrase{"es", "Ha sido demasiado largo. Suelta el botón, por favor."},
    LimitPhrase{"pt", "Foi longo demais. Solte o botão, por favor."},
    LimitPhrase{"it", "Era troppo lungo. Rilascia il pulsante, per favore."},
    LimitPhrase{"ru", "Слишком длинно. Отпустите кнопку, пожалуйста."},
    LimitPhrase{"", "That is all I can take at once. Please release the button."},
};

const Phrases& phrases(std::string_view language) {
  return *std::ranges::find_if(kPhrases,
                               [&](const Phrases& of) { return language.starts_with(of.language); });
}

}  // namespace

std::string apology_text(Apology apology, std::string_view language) {
  const Phrases& words = phrases(language);
  switch (apology) {
    case Apology::kHeardNothing:
      return std::string(words.heard_nothing);
    case Apology::kNotHeard:
      return std::string(words.not_heard);
    case Apology::kNoAnswer:
      return std::string(words.no_answer);
    case Apology::kNoVoice:
      return std::string(words.no_voice);
  }
  return {};
}

std::string alert_title(std::string_view language) {
  return std::string(phrases(language).sorry);
}

std::string farewell_text(std::string_view language) {
  return std::string(phrases(language).farewell);
}

std::string filler_text(std::string_view language) {
  return std::string(phrases(language).filler);
}

std::string speech_limit_text(std::string_view language) {
  const auto fits = [&](const LimitPhrase& phrase) { return language.starts_with(phrase.language); };
  return std::string(std::ranges::find_if(kSpeechLimit, fits)->text);
}

}  // namespace earshot::worker
