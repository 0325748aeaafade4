#include "gateway/doors/ota/activation_message.h"

#include <algorithm>
#include <array>

#include "common/auth/device_language.h"

namespace earshot::gateway {

namespace {

struct Phrase {
  std::string_view language;  // of the tag's beginning
  std::string_view text;
};

// Longer tags first; the last one serves everybody else. Short: displays are 128 pixels wide.
constexpr std::array kPhrases{
    Phrase{"zh-TW", "請輸入驗證碼"},
    Phrase{"zh-HK", "請輸入驗證碼"},
    Phrase{"zh", "请输入验证码"},
    Phrase{"yue", "請輸入驗證碼"},
    Phrase{"ja", "コードを入力してください"},
    Phrase{"ko", "코드를 입력하세요"},
    Phrase{"de", "Bitte Code eingeben"},
    Phrase{"fr", "Entrez ce code"},
    Phrase{"es", "Introduce este código"},
    Phrase{"pt", "Introduza este código"},
    Phrase{"it", "Inserisci il codice"},
    Phrase{"ru", "Введите код"},
    Phrase{"vi", "Nhập mã"},
    Phrase{"", "Enter this code"},
};

std::string_view phrase_for(std::string_view language) {
  const auto speaks = [&](const Phrase& phrase) { return auth::is_for_language(phrase.language, language); };
  return std::ranges::find_if(kPhrases, speaks)->text;
}

}  // namespace

std::string activation_message(std::string_view language, std::string_view console_url,
                               std::string_view code) {
  std::string message(phrase_for(language));
  if (!console_url.empty()) message.append("\n").append(console_url);
  return message.append("\n").append(code);
}

}  // namespace earshot::gateway
