#include "gateway/control/devices/refusal_notice.h"

#include <algorithm>
#include <array>

#include "common/auth/device_language.h"

namespace earshot::gateway {

namespace {

struct RefusalPhrases {
  std::string_view language;  // of the tag's beginning
  std::string_view blocked;
  std::string_view not_bound;  // or another's: a reboot shows its code
  std::string_view renewed;    // old credentials: a reboot fetches the new ones
};

// Longer tags first; the last one serves everybody else. Short: displays are 128 pixels wide.
constexpr std::array kRefusalPhrases{
    RefusalPhrases{"zh-TW", "裝置已被停用", "裝置未綁定，請重新啟動", "憑證已更新，請重新啟動"},
    RefusalPhrases{"zh-HK", "裝置已被停用", "裝置未綁定，請重新啟動", "憑證已更新，請重新啟動"},
    RefusalPhrases{"zh", "设备已被停用", "设备未绑定，请重启", "凭证已更新，请重启"},
    RefusalPhrases{"yue", "裝置已被停用", "裝置未綁定，請重新啟動", "憑證已更新，請重新啟動"},
    RefusalPhrases{"ja", "このデバイスは無効です", "未登録です。再起動してください",
                   "認証が更新されました。再起動してください"},
    RefusalPhrases{"ko", "차단된 기기입니다", "등록되지 않았습니다. 다시 시작하세요",
                   "인증이 갱신되었습니다. 다시 시작하세요"},
    RefusalPhrases{"de", "Dieses Gerät ist gesperrt", "Nicht gebunden: bitte neu starten",
                   "Zugang erneuert: bitte neu starten"},
    RefusalPhrases{"fr", "Cet appareil est bloqué", "Non associé : redémarrez-le",
                   "Accès renouvelé : redémarrez-le"},
    RefusalPhrases{"es", "Este dispositivo está bloqueado", "Sin vincular: reinícialo",
                   "Acceso renovado: reinícialo"},
    RefusalPhrases{"pt", "Este dispositivo está bloqueado", "Não associado: reinicie-o",
                   "Acesso renovado: reinicie-o"},
    RefusalPhrases{"it", "Questo dispositivo è bloccato", "Non associato: riavvialo",
                   "Accesso rinnovato: riavvialo"},
    RefusalPhrases{"ru", "Устройство заблокировано", "Не привязано: перезапустите",
                   "Доступ обновлён: перезапустите"},
    RefusalPhrases{"vi", "Thiết bị đã bị chặn", "Chưa liên kết: hãy khởi động lại",
                   "Đã đổi quyền truy cập: hãy khởi động lại"},
    RefusalPhrases{"", "This device is blocked", "Not bound: please restart",
                   "Access was renewed: please restart"},
};

}  // namespace

std::string_view refusal_notice(auth::AdmissionVerdict why, const store::Device* known,
                                std::string_view language) {
  const auto phrases = std::ranges::find_if(kRefusalPhrases, [&](const RefusalPhrases& each) {
    return auth::is_for_language(each.language, language);
  });
  if (why == auth::AdmissionVerdict::kOldCredentials) return phrases->renewed;
  return known != nullptr && known->blocked ? phrases->blocked : phrases->not_bound;
}

}  // namespace earshot::gateway
