#include "gateway/doors/realtime/realtime_settings.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace earshot::gateway {

namespace {

constexpr std::uint32_t kG711Hz = 8000;
constexpr std::uint32_t kUplinkFrameMs = 60;
constexpr std::uint32_t kDownlinkFrameMs = 20;  // 960 bytes of PCM at 24 kHz: the IPC takes 1,276
constexpr std::uint32_t kMaxSilenceMs = 10'000;
constexpr std::size_t kMaxNameBytes = 64;
constexpr std::string_view kNoVoice = "default";  // as settings are shown when none was chosen

std::uint32_t permille(double part) {
  return static_cast<std::uint32_t>(std::lround(part * 1000));
}

RealtimeError invalid(std::string_view param, std::string_view what) {
  return {.code = "invalid_value",
          .message = "Invalid value for '" + std::string(param) + "': " + std::string(what),
          .param = std::string(param)};
}

using Wrong = std::optional<RealtimeError>;

// One reader a member; the first that finds something wrong is told of.
class SettingsReader {
 public:
  explicit SettingsReader(RealtimeSettings& settings) : settings_(settings) {}

  Wrong read(const json::object& update) {
    for (const auto& [key, value] : update) {
      const std::string_view name(key);
      if (Wrong wrong = member(name, value)) return wrong;
    }
    return std::nullopt;
  }

 private:
  Wrong member(std::string_view name, const json::value& value) {
    if (name == "type") return type(value);
    if (name == "model") return std::nullopt;  // cannot be changed; clients send it back as they got it
    if (name == "instructions") return instructions(value);
    if (name == "modalities" || name == "output_modalities") return modalities(name, value);
    if (name == "audio") return audio(value);
    if (name == "voice") return voice(value, "session.voice");
    if (name == "speed") return speed(value, "session.speed");
    if (name == "input_audio_format") return flat_format(name, value, settings_.input);
    if (name == "output_audio_format") return flat_format(name, value, settings_.output);
    if (name == "input_audio_transcription") return transcription(value);
    if (name == "input_audio_noise_reduction") return noise_reduction(value);
    if (name == "turn_detection") return turn_detection(value);
    if (name == "tools") return tools(value);
    if (name == "tool_choice") return tool_choice(value);
    if (name == "max_output_tokens" || name == "max_response_output_tokens") return max_tokens(name, value);
    if (name == "temperature") return temperature(value);
    return keep(name, value);
  }
  Wrong type(const json::value& value) {
    if (value == json::value("realtime")) settings_.transcribes_only = false;
    if (value == json::value("transcription")) settings_.transcribes_only = true;
    const bool known = value == json::value("realtime") || value == json::value("transcription");
    return known ? std::nullopt : Wrong(invalid("session.type", "expected 'realtime' or 'transcription'"));
  }
  Wrong instructions(const json::value& value) {
    if (value.is_null()) return std::nullopt;
    if (!value.is_string()) return invalid("session.instructions", "expected a string");
    if (value.get_string().size() > RealtimeSettings::kMaxInstructionsBytes)
      return invalid("session.instructions", "too long");
    settings_.instructions = std::string(value.get_string());
    return std::nullopt;
  }
  Wrong modalities(std::string_view name, const json::value& value) {
    const std::string param = "session." + std::string(name);
    if (!value.is_array() || value.get_array().empty()) return invalid(param, "expected a list");
    bool audio = false;
    for (const json::value& one : value.get_array()) {
      if (one != json::value("text") && one != json::value("audio"))
        return invalid(param, "expected 'text' and 'audio'");
      audio = audio || one == json::value("audio");
    }
    settings_.silent = !audio;
    return std::nullopt;
  }
  Wrong audio(const json::value& value) {
    if (!value.is_object()) return invalid("session.audio", "expected an object");
    if (const json::object* input = json::find_object(value.get_object(), "input")) {
      for (const auto& [key, member] : *input) {
        Wrong wrong;
        if (key == "format") wrong = format("session.audio.input.format", member, settings_.input);
        if (key == "transcription") wrong = transcription(member);
        if (key == "noise_reduction") wrong = noise_reduction(member);
        if (key == "turn_detection") wrong = turn_detection(member);
        if (wrong) return wrong;
      }
    }
    if (const json::object* output = json::find_object(value.get_object(), "output")) {
      for (const auto& [key, member] : *output) {
        Wrong wrong;
        if (key == "format") wrong = format("session.audio.output.format", member, settings_.output);
        if (key == "voice") wrong = voice(member, "session.audio.output.voice");
        if (key == "speed") wrong = speed(member, "session.audio.output.speed");
        if (wrong) return wrong;
      }
    }
    return std::nullopt;
  }
  Wrong format(std::string_view param, const json::value& value, CallFormat& into) {
    const auto* const object = value.if_object();
    const auto type = object == nullptr ? std::nullopt : json::find_string(*object, "type");
    if (type == "audio/pcmu") into = {SoundCodec::kUlaw, kG711Hz};
    if (type == "audio/pcma") into = {SoundCodec::kAlaw, kG711Hz};
    if (type == "audio/pcmu" || type == "audio/pcma") return std::nullopt;
    if (type != "audio/pcm") return invalid(param, "expected audio/pcm, audio/pcmu or audio/pcma");
    const std::int64_t hz = json::find_int(*object, "rate").value_or(24000);
    if (hz != 8000 && hz != 16000 && hz != 24000) return invalid(param, "rate must be 24000, 16000 or 8000");
    into = {SoundCodec::kPcm16, static_cast<std::uint32_t>(hz)};
    return std::nullopt;
  }
  Wrong flat_format(std::string_view name, const json::value& value, CallFormat& into) {
    if (value == json::value("pcm16")) into = {SoundCodec::kPcm16, 24000};
    if (value == json::value("g711_ulaw")) into = {SoundCodec::kUlaw, kG711Hz};
    if (value == json::value("g711_alaw")) into = {SoundCodec::kAlaw, kG711Hz};
    const bool known = value == json::value("pcm16") || value == json::value("g711_ulaw") ||
                       value == json::value("g711_alaw");
    if (known) return std::nullopt;
    return invalid("session." + std::string(name), "expected pcm16, g711_ulaw or g711_alaw");
  }
  Wrong voice(const json::value& value, std::string_view param) {
    if (value.is_null()) return std::nullopt;
    std::optional<std::string_view> name;
    if (value.is_string()) name = std::string_view(value.get_string());
    if (value.is_object()) name = json::find_string(value.get_object(), "id");
    if (!name || name->size() > kMaxNameBytes) return invalid(param, "expected the name of a voice");
    settings_.voice = json::clean_text(*name, kMaxNameBytes);
    return std::nullopt;
  }
  Wrong speed(const json::value& value, std::string_view param) {
    if (value.is_null()) return std::nullopt;
    if (!value.is_number()) return invalid(param, "expected a number");
    const double wanted = value.to_number<double>();
    if (!(wanted >= 0.25 && wanted <= 1.5)) return invalid(param, "expected 0.25 to 1.5");
    settings_.speed = wanted;
    return std::nullopt;
  }
  Wrong transcription(const json::value& value) {
    if (value.is_null()) settings_.transcription.reset();
    if (value.is_null()) return std::nullopt;
    if (!value.is_object() || json::serialize(value).size() > RealtimeSettings::kMaxEchoBytes)
      return invalid("session.input_audio_transcription", "expected an object");
    settings_.transcription = value.get_object();
    return std::nullopt;
  }
  Wrong noise_reduction(const json::value& value) {
    if (!value.is_null() && !value.is_object())
      return invalid("session.input_audio_noise_reduction", "expected an object or null");
    if (json::serialize(value).size() > RealtimeSettings::kMaxEchoBytes)
      return invalid("session.input_audio_noise_reduction", "too long");
    settings_.noise_reduction = value;
    return std::nullopt;
  }
  Wrong turn_detection(const json::value& value) {
    constexpr std::string_view kParam = "session.turn_detection";
    if (value.is_null()) settings_.detection = RealtimeSettings::Detection::kNone;
    if (value.is_null()) return std::nullopt;
    if (!value.is_object()) return invalid(kParam, "expected an object or null");
    const json::object& wanted = value.get_object();
    const auto type = json::find_string(wanted, "type");
    if (type && type != "server_vad" && type != "semantic_vad" && type != "none")
      return invalid("session.turn_detection.type", "expected server_vad or semantic_vad");
    if (type == "none") settings_.detection = RealtimeSettings::Detection::kNone;
    if (type == "semantic_vad") settings_.detection = RealtimeSettings::Detection::kSemanticVad;
    if (type == "server_vad" || (!type && settings_.manual()))
      settings_.detection = RealtimeSettings::Detection::kServerVad;
    if (const auto* threshold = wanted.if_contains("threshold"); threshold && threshold->is_number()) {
      const double level = threshold->to_number<double>();
      if (!(level >= 0 && level <= 1)) return invalid("session.turn_detection.threshold", "expected 0 to 1");
      settings_.threshold = level;
    }
    if (Wrong wrong = milliseconds(wanted, "prefix_padding_ms", settings_.prefix_padding_ms)) return wrong;
    if (Wrong wrong = milliseconds(wanted, "silence_duration_ms", settings_.silence_ms)) return wrong;
    if (const auto eagerness = json::find_string(wanted, "eagerness")) {
      if (eagerness != "low" && eagerness != "medium" && eagerness != "high" && eagerness != "auto")
        return invalid("session.turn_detection.eagerness", "expected low, medium, high or auto");
      settings_.eagerness = *eagerness;
    }
    settings_.answers = json::find_bool(wanted, "create_response").value_or(settings_.answers);
    settings_.interruptible = json::find_bool(wanted, "interrupt_response").value_or(settings_.interruptible);
    return std::nullopt;
  }
  Wrong milliseconds(const json::object& from, std::string_view key, std::uint32_t& into) {
    const json::value* const value = from.if_contains(key);
    if (value == nullptr || value->is_null()) return std::nullopt;
    const auto wanted = json::find_int(from, key);
    if (!wanted || *wanted < 0 || *wanted > kMaxSilenceMs)
      return invalid("session.turn_detection." + std::string(key), "expected 0 to 10000");
    into = static_cast<std::uint32_t>(*wanted);
    return std::nullopt;
  }
  Wrong tools(const json::value& value) {
    if (!value.is_array() || value.get_array().size() > RealtimeSettings::kMaxTools)
      return invalid("session.tools", "expected a list of at most 128 tools");
    json::array kept;
    for (const json::value& tool : value.get_array()) {
      const auto* const object = tool.if_object();
      if (object == nullptr || json::find_string(*object, "type").value_or("function") != "function")
        return invalid("session.tools", "only functions are offered");
      const auto name = json::find_string(*object, "name");
      if (!name || name->empty() || name->size() > kMaxNameBytes)
        return invalid("session.tools", "a function needs a name of at most 64 bytes");
      kept.push_back(tool);
    }
    if (json::serialize(kept).size() > RealtimeSettings::kMaxToolsBytes)
      return invalid("session.tools", "more than 48 KiB");
    settings_.tools = std::move(kept);
    return std::nullopt;
  }
  Wrong tool_choice(const json::value& value) {
    const bool word =
        value == json::value("auto") || value == json::value("none") || value == json::value("required");
    const json::object* const object = value.if_object();
    const auto name = object == nullptr ? std::nullopt : json::find_string(*object, "name");
    const bool function = name && !name->empty() && name->size() <= kMaxNameBytes &&
                          json::find_string(*object, "type").value_or("function") == "function";
    if (!word && !function)
      return invalid("session.tool_choice", "expected auto, none, required or a function");
    if (word) settings_.tool_choice = value;
    if (function) settings_.tool_choice = json::object{{"type", "function"}, {"name", *name}};
    return std::nullopt;
  }
  Wrong max_tokens(std::string_view name, const json::value& value) {
    if (value.is_null()) return std::nullopt;
    const bool number =
        value.is_int64() && value.get_int64() >= 1 && value.get_int64() <= RealtimeSettings::kMaxOutputTokens;
    if (!number && value != json::value("inf"))
      return invalid("session." + std::string(name), "expected 1 to 1000000, or 'inf'");
    settings_.max_tokens = value;
    return std::nullopt;
  }
  Wrong temperature(const json::value& value) {
    if (value.is_null()) return std::nullopt;
    const double wanted = value.is_number() ? value.to_number<double>() : -1;
    if (!(wanted >= 0 && wanted <= RealtimeSettings::kMaxTemperature))
      return invalid("session.temperature", "expected 0 to 2");
    settings_.temperature = wanted;
    settings_.own_temperature = true;
    return std::nullopt;
  }
  // Members that change nothing here are shown again, as clients expect; others are left out.
  Wrong keep(std::string_view name, const json::value& value) {
    constexpr std::string_view kKept[] = {"tracing",    "prompt",    "include",
                                          "truncation", "reasoning", "parallel_tool_calls"};
    if (std::ranges::find(kKept, name) == std::end(kKept)) return std::nullopt;
    if (json::serialize(value).size() > RealtimeSettings::kMaxEchoBytes / 8)
      return invalid("session." + std::string(name), "too long");
    settings_.echo[name] = value;
    return std::nullopt;
  }

  RealtimeSettings& settings_;
};

json::value detection_json(const RealtimeSettings& settings) {
  switch (settings.detection) {
    case RealtimeSettings::Detection::kNone:
      return nullptr;
    case RealtimeSettings::Detection::kSemanticVad:
      return json::object{{"type", "semantic_vad"},
                          {"eagerness", settings.eagerness},
                          {"create_response", settings.answers},
                          {"interrupt_response", settings.interruptible}};
    case RealtimeSettings::Detection::kServerVad:
      break;
  }
  return json::object{{"type", "server_vad"},
                      {"threshold", settings.threshold},
                      {"prefix_padding_ms", settings.prefix_padding_ms},
                      {"silence_duration_ms", settings.silence_ms},
                      {"create_response", settings.answers},
                      {"interrupt_response", settings.interruptible}};
}

ipc::CallTerms::Eagerness to_ipc_eagerness(std::string_view eagerness) {
  if (eagerness == "low") return ipc::CallTerms::kLow;
  if (eagerness == "medium") return ipc::CallTerms::kMedium;
  if (eagerness == "high") return ipc::CallTerms::kHigh;
  return ipc::CallTerms::kAuto;
}

}  // namespace

std::optional<RealtimeError> apply_update(const json::object& update, RealtimeSettings& settings) {
  RealtimeSettings changed = settings;
  if (Wrong wrong = SettingsReader(changed).read(update)) return wrong;
  settings = std::move(changed);
  return std::nullopt;
}

json::object format_json(const CallFormat& format) {
  switch (format.codec) {
    case SoundCodec::kUlaw:
      return {{"type", "audio/pcmu"}};
    case SoundCodec::kAlaw:
      return {{"type", "audio/pcma"}};
    default:
      return {{"type", "audio/pcm"}, {"rate", format.sample_rate_hz}};
  }
}

std::string_view beta_format(const CallFormat& format) {
  switch (format.codec) {
    case SoundCodec::kUlaw:
      return "g711_ulaw";
    case SoundCodec::kAlaw:
      return "g711_alaw";
    default:
      return "pcm16";
  }
}

json::object settings_json(const RealtimeSettings& settings, RealtimeDialect dialect,
                           std::string_view session_id, std::int64_t expires_at_s) {
  const json::value transcription =
      settings.transcription ? json::value(*settings.transcription) : json::value(nullptr);
  json::object shown{{"id", session_id},
                     {"object", "realtime.session"},
                     {"model", settings.model},
                     {"expires_at", expires_at_s},
                     {"instructions", settings.instructions.value_or("")},
                     {"tools", settings.tools},
                     {"tool_choice", settings.tool_choice}};
  if (dialect == RealtimeDialect::kBeta) {
    shown["modalities"] = settings.silent ? json::array{"text"} : json::array{"audio", "text"};
    shown["voice"] = settings.voice;
    shown["speed"] = settings.speed;
    shown["input_audio_format"] = beta_format(settings.input);
    shown["output_audio_format"] = beta_format(settings.output);
    shown["input_audio_transcription"] = transcription;
    shown["input_audio_noise_reduction"] = settings.noise_reduction;
    shown["turn_detection"] = detection_json(settings);
    shown["temperature"] = settings.temperature;
    shown["max_response_output_tokens"] = settings.max_tokens;
  } else {
    shown["type"] = settings.transcribes_only ? "transcription" : "realtime";
    shown["output_modalities"] = settings.silent ? json::array{"text"} : json::array{"audio"};
    shown["audio"] = {
        {"input",
         {{"format", format_json(settings.input)},
          {"transcription", transcription},
          {"noise_reduction", settings.noise_reduction},
          {"turn_detection", detection_json(settings)}}},
        {"output",
         {{"format", format_json(settings.output)}, {"voice", settings.voice}, {"speed", settings.speed}}}};
    shown["max_output_tokens"] = settings.max_tokens;
  }
  for (const auto& [key, value] : settings.echo) shown[key] = value;
  return shown;
}

ipc::CallWish call_wish(const RealtimeSettings& settings) {
  ipc::CallWish wish;
  if (settings.own_temperature) wish.set_temperature_permille(permille(settings.temperature));
  if (settings.max_tokens.is_int64())
    wish.set_max_tokens(static_cast<std::uint32_t>(settings.max_tokens.get_int64()));
  if (settings.tool_choice == json::value("none")) wish.set_tool_use(ipc::CallWish::kNone);
  if (settings.tool_choice == json::value("required")) wish.set_tool_use(ipc::CallWish::kRequired);
  if (const json::object* const function = settings.tool_choice.if_object()) {
    wish.set_tool_use(ipc::CallWish::kRequired);
    wish.set_only_tool(std::string(json::find_string(*function, "name").value_or("")));
  }
  return wish;
}

ipc::SessionOpen session_open(const RealtimeSettings& settings, std::string_view session_id,
                              std::string_view caller) {
  ipc::SessionOpen open;
  open.set_session_id(std::string(session_id));
  open.set_device_id(std::string(caller));
  open.set_agent(settings.model);
  open.set_device_mcp(!settings.tools.empty());
  write_format(settings.input, kUplinkFrameMs, *open.mutable_uplink());
  write_format(settings.output, kDownlinkFrameMs, *open.mutable_downlink());
  if (settings.transcription) {
    const auto language = json::find_string(*settings.transcription, "language");
    open.set_language(json::clean_text(language.value_or(""), kMaxNameBytes));
  }
  ipc::CallTerms& terms = *open.mutable_call();
  if (settings.instructions) terms.set_instructions(*settings.instructions);
  terms.set_detection(settings.manual() ? ipc::CallTerms::kManual
                      : settings.detection == RealtimeSettings::Detection::kSemanticVad
                          ? ipc::CallTerms::kSemanticVad
                          : ipc::CallTerms::kServerVad);
  terms.set_silence_ms(settings.silence_ms);
  terms.set_eagerness(to_ipc_eagerness(settings.eagerness));
  terms.set_answers(settings.answers && !settings.manual() && !settings.transcribes_only);
  terms.set_interruptible(settings.interruptible);
  terms.set_silent(settings.silent);
  if (settings.voice != kNoVoice) terms.set_voice(settings.voice);
  if (settings.speed != 1) terms.set_speed_permille(permille(settings.speed));
  *terms.mutable_wish() = call_wish(settings);
  return open;
}

}  // namespace earshot::gateway
