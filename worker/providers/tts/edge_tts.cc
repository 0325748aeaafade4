#include "worker/providers/tts/edge_tts.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "worker/providers/tts/edge_speech.h"
#include "worker/providers/tts/speech_text.h"
#include "worker/providers/tts/ws_speech.h"

namespace earshot::worker {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 24> kVoices{
    {{"zh-tw", "zh-TW-HsiaoChenNeural"}, {"zh-hk", "zh-HK-HiuMaanNeural"},   {"yue", "zh-HK-HiuMaanNeural"},
     {"en-gb", "en-GB-SoniaNeural"},     {"pt-br", "pt-BR-FranciscaNeural"}, {"zh", "zh-CN-XiaoxiaoNeural"},
     {"en", "en-US-AriaNeural"},         {"ja", "ja-JP-NanamiNeural"},       {"ko", "ko-KR-SunHiNeural"},
     {"de", "de-DE-KatjaNeural"},        {"fr", "fr-FR-DeniseNeural"},       {"es", "es-ES-ElviraNeural"},
     {"it", "it-IT-ElsaNeural"},         {"pt", "pt-PT-RaquelNeural"},       {"ru", "ru-RU-SvetlanaNeural"},
     {"nl", "nl-NL-ColetteNeural"},      {"pl", "pl-PL-ZofiaNeural"},        {"tr", "tr-TR-EmelNeural"},
     {"vi", "vi-VN-HoaiMyNeural"},       {"th", "th-TH-PremwadeeNeural"},    {"id", "id-ID-GadisNeural"},
     {"ar", "ar-SA-ZariyahNeural"},      {"hi", "hi-IN-SwaraNeural"},        {"uk", "uk-UA-PolinaNeural"}}};
constexpr std::string_view kEnglish = "en-US-AriaNeural";

std::string lower_tag(std::string tag) {
  std::transform(tag.begin(), tag.end(), tag.begin(), [](unsigned char c) {
    return c == '_' ? '-' : static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  });
  return tag;
}

// What a provider's connections share.
// Runs on: io.
struct Edge {
  EdgeTtsSettings settings;
  const Clock& clock;
  std::chrono::system_clock::duration skew{0};  // the service's clock is ahead of ours by this

  WallTime now() const { return clock.wall() + skew; }

  http::WebSocketRequest upgrade() const {
    const std::string major = settings.browser_version.substr(0, settings.browser_version.find('.'));
    std::string muid = random_speech_id();
    std::transform(muid.begin(), muid.end(), muid.begin(),
                   [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c; });
    http::WebSocketRequest request;
    request.url = settings.url + "?TrustedClientToken=" + std::string(kEdgeClientToken) +
                  "&ConnectionId=" + random_speech_id() + "&Sec-MS-GEC=" + edge_token(now()) +
                  "&Sec-MS-GEC-Version=1-" + settings.browser_version;
    request.headers = {
        {"Origin", "chrome-extension://jdiccldimpdaibmpdkjnbmckianbfold"},
        {"Pragma", "no-cache"},
        {"Cache-Control", "no-cache"},
        {"User-Agent",
         "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/" + major +
             ".0.0.0 Safari/537.36 Edg/" + major + ".0.0.0"},
        {"Accept-Encoding", "gzip, deflate, br, zstd"},
        {"Accept-Language", "en-US,en;q=0.9"},
        {"Cookie", "muid=" + muid + ";"}};
    return request;
  }

  // 403 means a token of another time, as a rule: our clock is wrong. The service tells its own.
  bool learn_time(const http::WebSocketClosed& refusal) {
    if (refusal.http_status != 403) return false;
    const auto theirs = parse_http_date(refusal.date);
    if (!theirs) return false;
    skew = *theirs - clock.wall();
    return true;
  }
};

}  // namespace

EdgeTtsSettings read_edge_tts(ConfigSection& section) {
  EdgeTtsSettings settings;
  section.read("url", settings.url);
  section.read("browser_version", settings.browser_version);
  section.read("voice", settings.voice);
  ConfigSection voices = section.section("voices");
  for (const std::string& language : voices.children()) voices.read(language, settings.voices[language]);
  section.read("rate_percent", settings.rate_percent, {-100, 100});
  section.read("volume_percent", settings.volume_percent, {-100, 100});
  section.read("pitch_hz", settings.pitch_hz, {-100, 100});
  read_deadlines(section, settings.deadlines);
  if (settings.browser_version.find_first_not_of("0123456789.") != std::string::npos)
    section.problem("browser_version", "must be a version like 143.0.3650.75");
  return settings;
}

std::string choose_edge_voice(const EdgeTtsSettings& settings, const std::string& language) {
  if (!settings.voice.empty()) return settings.voice;
  const std::string tag = lower_tag(language);
  const std::string primary = primary_language(language);
  for (const std::string& wanted : {tag, primary}) {
    for (const auto& [known, voice] : settings.voices) {
      if (lower_tag(known) == wanted) return voice;
    }
  }
  for (const std::string& wanted : {tag, primary}) {
    const auto found = std::find_if(kVoices.begin(), kVoices.end(),
                                    [&](const auto& entry) { return entry.first == wanted; });
    if (found != kVoices.end()) return std::string(found->second);
  }
  return std::string(kEnglish);
}

Result<std::unique_ptr<TtsProvider>> make_edge_tts(const EdgeTtsSettings& settings,
                                                   const ProviderContext& context) {
  const auto edge = std::make_shared<Edge>(Edge{.settings = settings, .clock = context.clock});
  WsSpeechConfig config{.service = "edge tts",
                        .audio = {.expects_mp3 = true},
                        .deadlines = settings.deadlines,
                        .max_text_bytes = 4096,
                        .keep_idle = Milliseconds(0)};
  WsSpeechService service{
      .request = [edge] { return edge->upgrade(); },
      .protocol =
          [edge] {
            return std::make_unique<EdgeSpeech>(
                [edge](const std::string& language) {
                  return EdgeVoice{.name = choose_edge_voice(edge->settings, language),
                                   .rate_percent = edge->settings.rate_percent,
                                   .volume_percent = edge->settings.volume_percent,
                                   .pitch_hz = edge->settings.pitch_hz};
                },
                [edge] { return edge->now(); });
          },
      .try_again = [edge](const http::WebSocketClosed& refusal) { return edge->learn_time(refusal); }};
  return make_ws_speech(std::move(config), std::move(service), context);
}

}  // namespace earshot::worker
