#include "gateway/doors/coze/coze_settings.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace earshot::gateway {

namespace {

constexpr std::uint32_t kUsualRateHz = 24'000;
constexpr std::uint32_t kG711RateHz = 8000;
constexpr std::uint32_t kDeviceRateHz =
    16'000;  // the ESP client names no rate for Opus and decodes at this one
constexpr std::uint32_t kUplinkFrameMs = 60;
constexpr std::uint32_t kUsualDeltaMs = 60;
constexpr std::uint32_t kLongestMs = 10'000;
constexpr std::size_t kMaxNameBytes = 64;
constexpr std::array<std::uint32_t, 7> kPcmRates{8000, 16'000, 22'050, 24'000, 32'000, 44'100, 48'000};
constexpr std::array<std::uint32_t, 5> kOpusRates{8000, 12'000, 16'000, 24'000, 48'000};

using Problem = std::optional<CozeError>;

CozeError wrong_member(std::string_view name, std::string_view what) {
  return {.code = CozeError::kBadRequest, .message = std::string(name) + ": " + std::string(what)};
}

std::string_view codec_name(SoundCodec codec) {
  switch (codec) {
    case SoundCodec::kOpus:
      return "opus";
    case SoundCodec::kPcm16:
      return "pcm";
    case SoundCodec::kUlaw:
      return "g711u";
    case SoundCodec::kAlaw:
      return "g711a";
  }
  return "pcm";
}

std::string_view interruption_name(CozeSettings::Interruption mode) {
  return mode == CozeSettings::Interruption::kPrefix ? "keyword_prefix" : "keyword_contains";
}

// A null is as good as no member: SDKs write both.
const json::value* given(const json::object& from, std::string_view key) {
  const json::value* const value = from.if_contains(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

// One reader a part; the first that finds something wrong is told of.
class CozeReader {
 public:
  explicit CozeReader(CozeSettings& settings) : settings_(settings) {}

  Problem read(const json::object& update) {
    Problem problem = part(update, "chat_config", &CozeReader::chat_config);
    if (!problem) problem = part(update, "input_audio", &CozeReader::input_audio);
    if (!problem) problem = part(update, "output_audio", &CozeReader::output_audio);
    if (!problem) problem = part(update, "turn_detection", &CozeReader::turn_detection);
    if (!problem) problem = echo(update, "asr_config", settings_.asr_config);
    if (!problem) problem = echo(update, "voice_print_config", settings_.voice_print_config);
    if (!problem) problem = prologue(update);
    if (!problem) problem = subscriptions(update);
    return problem;
  }

 private:
  using Part = Problem (CozeReader::*)(const json::object&);

  Problem part(const json::object& update, std::string_view name, Part reader) {
    const json::value* const value = given(update, name);
    if (value == nullptr) return std::nullopt;
    if (!value->is_object()) return wrong_member(name, "expected an object");
    return (this->*reader)(value->get_object());
  }
  Problem echo(const json::object& from, std::string_view name, json::value& into) {
    const json::value* const value = given(from, name);
    if (value == nullptr) return std::nullopt;
    if (!value->is_object()) return wrong_member(name, "expected an object");
    if (json::serialize(*value).size() > CozeSettings::kMaxEchoBytes) return wrong_member(name, "too long");
    into = *value;
    return std::nullopt;
  }
  Problem number(const json::object& from, std::string_view name, std::int64_t least, std::int64_t most,
                 std::optional<std::uint32_t>& into) {
    if (given(from, name) == nullptr) return std::nullopt;
    const auto value = json::find_int(from, name);
    if (!value || *value < least || *value > most)
      return wrong_member(name, "expected " + std::to_string(least) + " to " + std::to_string(most));
    into = static_cast<std::uint32_t>(*value);
    return std::nullopt;
  }
  Problem number(const json::object& from, std::string_view name, std::int64_t least, std::int64_t most,
                 std::uint32_t& into) {
    std::optional<std::uint32_t> value = into;
    Problem problem = number(from, name, least, most, value);
    into = *value;
    return problem;
  }
  Problem codec(const json::object& from, SoundCodec& into) {
    if (given(from, "codec") == nullptr) return std::nullopt;
    const auto name = json::find_string(from, "codec");
    for (const auto one : {SoundCodec::kPcm16, SoundCodec::kOpus, SoundCodec::kAlaw, SoundCodec::kUlaw}) {
      if (name != codec_name(one)) continue;
      into = one;
      return std::nullopt;
    }
    return wrong_member("codec", "expected pcm, opus, g711a or g711u");
  }

  Problem chat_config(const json::object& config) {
    if (const auto id = json::find_string(config, "conversation_id"))
      settings_.conversation_id = json::clean_text(*id, kMaxNameBytes);
    json::object kept = settings_.chat_config;
    for (const auto& [key, value] : config) {
      if (key != "conversation_id" && !value.is_null()) kept[key] = value;
    }
    if (const json::object* const parameters = json::find_object(config, "parameters")) {
      if (Problem problem = tools(*parameters)) return problem;
      kept["parameters"].as_object().erase("tools");  // long, and known to who sent them
    }
    if (json::serialize(kept).size() > CozeSettings::kMaxEchoBytes)
      return wrong_member("chat_config", "too long");
    settings_.chat_config = std::move(kept);
    return std::nullopt;
  }
  // Functions as OpenAI's APIs write them, flat or under `function`.
  Problem tools(const json::object& parameters) {
    if (given(parameters, "tools") == nullptr) return std::nullopt;
    const json::array* const wanted = json::find_array(parameters, "tools");
    if (wanted == nullptr || wanted->size() > CozeSettings::kMaxTools)
      return wrong_member("parameters.tools", "expected a list of at most 128 functions");
    json::array kept;
    for (const json::value& one : *wanted) {
      const json::object* tool = one.if_object();
      if (tool != nullptr) {
        if (const json::object* const nested = json::find_object(*tool, "function")) tool = nested;
      }
      const auto name = tool == nullptr ? std::nullopt : json::find_string(*tool, "name");
      if (!name || name->empty() || name->size() > kMaxNameBytes)
        return wrong_member("parameters.tools", "a function needs a name of at most 64 bytes");
      kept.push_back(*tool);
    }
    if (json::serialize(kept).size() > CozeSettings::kMaxToolsBytes)
      return wrong_member("parameters.tools", "more than 48 KiB");
    settings_.tools = std::move(kept);
    return std::nullopt;
  }

  Problem input_audio(const json::object& audio) {
    if (Problem problem = codec(audio, settings_.input_codec)) return problem;
    if (given(audio, "format") != nullptr) {
      const auto format = json::find_string(audio, "format");
      if (format != "pcm" && format != "wav" && format != "ogg")
        return wrong_member("input_audio.format", "expected pcm, wav or ogg");
      settings_.input_format = *format;
    }
    if (Problem problem = number(audio, "sample_rate", 8000, 48'000, settings_.input_rate_hz)) return problem;
    if (Problem problem = number(audio, "channel", 1, 2, settings_.input_channels)) return problem;
    if (Problem problem = number(audio, "bit_depth", 8, 24, settings_.input_bit_depth)) return problem;
    if (settings_.input_bit_depth % 8 != 0)
      return wrong_member("input_audio.bit_depth", "expected 8, 16 or 24");
    const std::uint32_t rate = settings_.input_rate_hz.value_or(kUsualRateHz);
    const bool plain = settings_.input_codec == SoundCodec::kPcm16;
    if (plain && settings_.input_format == "ogg")
      return wrong_member("input_audio.format", "ogg holds no pcm");
    if (plain && std::ranges::find(kPcmRates, rate) == kPcmRates.end())
      return wrong_member("input_audio.sample_rate", "expected a usual rate from 8000 to 48000");
    return std::nullopt;
  }

  Problem output_audio(const json::object& audio) {
    if (Problem problem = codec(audio, settings_.output_codec)) return problem;
    if (Problem problem = part(audio, "pcm_config", &CozeReader::pcm_config)) return problem;
    if (Problem problem = part(audio, "opus_config", &CozeReader::opus_config)) return problem;
    if (Problem problem = echo(audio, "emotion_config", settings_.emotion)) return problem;
    if (given(audio, "speech_rate") != nullptr) {
      const auto rate = json::find_int(audio, "speech_rate");
      if (!rate || *rate < -50 || *rate > 100)
        return wrong_member("output_audio.speech_rate", "expected -50 to 100");
      settings_.speech_rate = *rate;
    }
    if (const auto voice = json::find_string(audio, "voice_id"))
      settings_.voice = json::clean_text(*voice, kMaxNameBytes);
    return std::nullopt;
  }
  Problem pcm_config(const json::object& config) {
    if (Problem problem = number(config, "sample_rate", 8000, 48'000, settings_.pcm_rate_hz)) return problem;
    const std::uint32_t rate = settings_.pcm_rate_hz.value_or(kUsualRateHz);
    if (std::ranges::find(kPcmRates, rate) == kPcmRates.end())
      return wrong_member("pcm_config.sample_rate", "expected a usual rate from 8000 to 48000");
    if (const json::value* const ms = given(config, "frame_size_ms")) {
      const double wanted = ms->is_number() ? ms->to_number<double>() : 0;
      if (!(wanted >= 2.5 && wanted <= 200))
        return wrong_member("pcm_config.frame_size_ms", "expected 2.5 to 200");
      settings_.pcm_frame_ms = static_cast<std::uint32_t>(std::ceil(wanted));
    }
    return limit(config, settings_.pcm_limit);
  }
  Problem opus_config(const json::object& config) {
    if (Problem problem = number(config, "sample_rate", 8000, 48'000, settings_.opus_rate_hz)) return problem;
    if (settings_.opus_rate_hz && std::ranges::find(kOpusRates, *settings_.opus_rate_hz) == kOpusRates.end())
      return wrong_member("opus_config.sample_rate", "expected 8000, 12000, 16000, 24000 or 48000");
    if (Problem problem = number(config, "bitrate", 500, 512'000, settings_.opus_bitrate)) return problem;
    settings_.opus_cbr = json::find_bool(config, "use_cbr").value_or(settings_.opus_cbr);
    if (const json::value* const ms = given(config, "frame_size_ms")) {
      const double wanted = ms->is_number() ? ms->to_number<double>() : 0;
      const auto whole = static_cast<std::uint32_t>(wanted >= 0 && wanted < 1000 ? std::ceil(wanted) : 0);
      constexpr std::array<std::uint32_t, 6> kFrames{3, 5, 10, 20, 40, 60};
      if (std::ranges::find(kFrames, whole) == kFrames.end())
        return wrong_member("opus_config.frame_size_ms", "expected 2.5, 5, 10, 20, 40 or 60");
      settings_.opus_frame_ms = std::max(whole, std::uint32_t{5});  // a worker has no shorter ones
    }
    return limit(config, settings_.opus_limit);
  }
  Problem limit(const json::object& config, std::optional<DeltaLimit>& into) {
    if (given(config, "limit_config") == nullptr) return std::nullopt;
    const json::object* const wanted = json::find_object(config, "limit_config");
    if (wanted == nullptr) return wrong_member("limit_config", "expected an object");
    DeltaLimit read = into.value_or(DeltaLimit{});
    if (Problem problem = number(*wanted, "period", 1, DeltaLimit::kLongestPeriodS, read.period_s))
      return problem;
    if (Problem problem = number(*wanted, "max_frame_num", 1, DeltaLimit::kMostFrames, read.frames))
      return problem;
    into = read;
    return std::nullopt;
  }

  Problem turn_detection(const json::object& wanted) {
    if (given(wanted, "type") != nullptr) {
      const auto type = json::find_string(wanted, "type");
      if (type != "server_vad" && type != "client_interrupt")
        return wrong_member("turn_detection.type", "expected server_vad or client_interrupt");
      settings_.server_vad = type == "server_vad";
    }
    if (Problem problem = number(wanted, "prefix_padding_ms", 0, kLongestMs, settings_.prefix_padding_ms))
      return problem;
    if (Problem problem = number(wanted, "silence_duration_ms", 0, kLongestMs, settings_.silence_ms))
      return problem;
    return part(wanted, "interrupt_config", &CozeReader::interrupt_config);
  }
  Problem interrupt_config(const json::object& wanted) {
    const json::array* const words = json::find_array(wanted, "keywords");
    const auto mode = json::find_string(wanted, "mode");
    if (mode && mode != "keyword_contains" && mode != "keyword_prefix")
      return wrong_member("interrupt_config.mode", "expected keyword_contains or keyword_prefix");
    if (words != nullptr) {
      if (words->size() > CozeSettings::kMaxKeywords)
        return wrong_member("interrupt_config.keywords", "at most 5");
      std::vector<std::string> keywords;
      for (const json::value& word : *words) {
        if (!word.is_string() || word.get_string().empty() ||
            word.get_string().size() > CozeSettings::kMaxKeywordBytes)
          return wrong_member("interrupt_config.keywords", "each is of 1 to 24 bytes");
        keywords.emplace_back(word.get_string());
      }
      settings_.keywords = std::move(keywords);
    }
    settings_.interruption = settings_.keywords.empty() ? CozeSettings::Interruption::kAlways
                             : mode == "keyword_prefix" ? CozeSettings::Interruption::kPrefix
                                                        : CozeSettings::Interruption::kContains;
    return std::nullopt;
  }

  Problem prologue(const json::object& update) {
    settings_.plays_prologue =
        json::find_bool(update, "need_play_prologue").value_or(settings_.plays_prologue);
    const auto text = json::find_string(update, "prologue_content");
    if (!text) return std::nullopt;
    if (text->size() > CozeSettings::kMaxPrologueBytes) return wrong_member("prologue_content", "too long");
    settings_.prologue = json::clean_text(*text, CozeSettings::kMaxPrologueBytes);
    return std::nullopt;
  }
  Problem subscriptions(const json::object& update) {
    if (given(update, "event_subscriptions") == nullptr) return std::nullopt;
    const json::array* const wanted = json::find_array(update, "event_subscriptions");
    if (wanted == nullptr || wanted->size() > CozeSettings::kMaxSubscriptions)
      return wrong_member("event_subscriptions", "expected a list of at most 64 names");
    std::vector<std::string> kept;
    for (const json::value& name : *wanted) {
      if (!name.is_string() || name.get_string().size() > kMaxNameBytes)
        return wrong_member("event_subscriptions", "expected names of events");
      kept.emplace_back(name.get_string());
    }
    settings_.subscriptions = std::move(kept);
    return std::nullopt;
  }

  CozeSettings& settings_;
};

json::object limit_json(const DeltaLimit& limit) {
  return {{"period", limit.period_s}, {"max_frame_num", limit.frames}};
}

json::object output_json(const CozeSettings& settings) {
  json::object shown{{"codec", codec_name(settings.output_codec)},
                     {"speech_rate", settings.speech_rate},
                     {"voice_id", settings.voice}};
  if (settings.output_codec == SoundCodec::kOpus) {
    json::object opus{{"sample_rate", settings.output().sample_rate_hz},
                      {"bitrate", settings.opus_bitrate},
                      {"use_cbr", settings.opus_cbr},
                      {"frame_size_ms", settings.opus_frame_ms}};
    if (settings.opus_limit) opus["limit_config"] = limit_json(*settings.opus_limit);
    shown["opus_config"] = std::move(opus);
  } else {
    json::object pcm{{"sample_rate", settings.output().sample_rate_hz},
                     {"frame_size_ms", settings.delta_ms()}};
    if (settings.pcm_limit) pcm["limit_config"] = limit_json(*settings.pcm_limit);
    shown["pcm_config"] = std::move(pcm);
  }
  if (!settings.emotion.is_null()) shown["emotion_config"] = settings.emotion;
  return shown;
}

json::object detection_json(const CozeSettings& settings) {
  if (!settings.server_vad) return {{"type", "client_interrupt"}};
  json::object shown{{"type", "server_vad"},
                     {"prefix_padding_ms", settings.prefix_padding_ms},
                     {"silence_duration_ms", settings.silence_ms}};
  if (settings.interrupts_by_keyword()) {
    shown["interrupt_config"] =
        json::object{{"mode", interruption_name(settings.interruption)},
                     {"keywords", json::array(settings.keywords.begin(), settings.keywords.end())}};
  }
  return shown;
}

// As recognisers are told; empty: they find out.
std::string_view language_of(const json::value& asr_config) {
  const json::object* const config = asr_config.if_object();
  const auto named = config == nullptr ? std::nullopt : json::find_string(*config, "user_language");
  if (!named || named == "common") return "";
  if (named == "cant") return "yue";
  if (named == "sc") return "zh";  // Mandarin of Sichuan
  constexpr std::array<std::string_view, 10> kSame{"zh", "en", "ja", "ko", "fr",
                                                   "id", "es", "pt", "ms", "ru"};
  const auto* const found = std::ranges::find(kSame, *named);
  return found == kSame.end() ? "" : *found;
}

// Words as they are compared: ASCII in lower case, and nothing of what stands between them.
std::string comparable(std::string_view text) {
  std::string kept;
  for (const char c : text) {
    if (c >= 'A' && c <= 'Z') {
      kept += static_cast<char>(c - 'A' + 'a');
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80) {
      kept += c;
    }
  }
  return kept;
}

}  // namespace

CallFormat CozeSettings::input() const {
  if (input_codec == SoundCodec::kOpus) return {SoundCodec::kOpus, kDeviceRateHz};
  if (input_codec != SoundCodec::kPcm16) return {input_codec, kG711RateHz};
  return {SoundCodec::kPcm16, input_rate_hz.value_or(kUsualRateHz)};
}

CallFormat CozeSettings::output() const {
  if (output_codec == SoundCodec::kPcm16) return {output_codec, pcm_rate_hz.value_or(kUsualRateHz)};
  if (output_codec != SoundCodec::kOpus) return {output_codec, kG711RateHz};
  const bool like_input = input_rate_hz == kDeviceRateHz;
  return {output_codec, opus_rate_hz.value_or(like_input ? kDeviceRateHz : kUsualRateHz)};
}

// 1,276 bytes at most (docs/protocol_ipc.md): of 32 kHz and more 10 ms.
std::uint32_t CozeSettings::down_frame_ms() const {
  if (output_codec == SoundCodec::kOpus) return opus_frame_ms;
  constexpr std::uint32_t kLowRateHz = 24'000;
  return output().sample_rate_hz > kLowRateHz ? 10 : 20;
}

std::uint32_t CozeSettings::delta_ms() const {
  return output_codec == SoundCodec::kOpus ? opus_frame_ms : pcm_frame_ms.value_or(kUsualDeltaMs);
}

bool CozeSettings::is_keyword_in(std::string_view words) const {
  const std::string said = comparable(words);
  return std::ranges::any_of(keywords, [&](const std::string& keyword) {
    const std::string wanted = comparable(keyword);
    if (wanted.empty()) return false;
    return interruption == Interruption::kPrefix ? said.starts_with(wanted)
                                                 : said.find(wanted) != std::string::npos;
  });
}

std::optional<CozeError> apply_update(const json::object& update, CozeSettings& settings) {
  CozeSettings changed = settings;
  if (Problem problem = CozeReader(changed).read(update)) return problem;
  settings = std::move(changed);
  return std::nullopt;
}

json::object settings_json(const CozeSettings& settings, std::string_view conversation_id) {
  json::object chat = settings.chat_config;
  chat["conversation_id"] = conversation_id;
  const std::uint32_t input_rate = settings.input_codec == SoundCodec::kOpus
                                       ? settings.input_rate_hz.value_or(kUsualRateHz)
                                       : settings.input().sample_rate_hz;
  json::object shown{
      {"chat_config", std::move(chat)},
      {"input_audio", json::object{{"format", settings.input_format},
                                   {"codec", codec_name(settings.input_codec)},
                                   {"sample_rate", input_rate},
                                   {"channel", settings.input_channels},
                                   {"bit_depth", settings.input_bit_depth}}},
      {"output_audio", output_json(settings)},
      {"turn_detection", detection_json(settings)},
      {"need_play_prologue", settings.plays_prologue},
      {"event_subscriptions", json::array(settings.subscriptions.begin(), settings.subscriptions.end())}};
  if (!settings.prologue.empty()) shown["prologue_content"] = settings.prologue;
  if (!settings.asr_config.is_null()) shown["asr_config"] = settings.asr_config;
  if (!settings.voice_print_config.is_null()) shown["voice_print_config"] = settings.voice_print_config;
  return shown;
}

ipc::SessionOpen session_open(const CozeSettings& settings, std::string_view session_id,
                              std::string_view agent, std::string_view caller) {
  ipc::SessionOpen open;
  open.set_session_id(std::string(session_id));
  open.set_device_id(std::string(caller));
  open.set_agent(std::string(agent));
  open.set_device_mcp(!settings.tools.empty());
  open.set_language(std::string(language_of(settings.asr_config)));
  write_format(settings.input(), kUplinkFrameMs, *open.mutable_uplink());
  write_format(settings.output(), settings.down_frame_ms(), *open.mutable_downlink());
  ipc::CallTerms& terms = *open.mutable_call();
  terms.set_detection(settings.server_vad ? ipc::CallTerms::kServerVad : ipc::CallTerms::kManual);
  terms.set_silence_ms(settings.silence_ms);
  terms.set_answers(settings.server_vad && !settings.interrupts_by_keyword());
  terms.set_interruptible(!settings.interrupts_by_keyword());
  return open;
}

}  // namespace earshot::gateway
