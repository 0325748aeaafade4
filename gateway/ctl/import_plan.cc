#include "gateway/ctl/import_plan.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/config/yaml_tree.h"
#include "gateway/ctl/import_source.h"

namespace earshot::ctl {

namespace {

// Words that people give feelings, and the device's face for each; others get "neutral".
struct FeltFace {
  std::string_view word;
  std::string_view face;
};
constexpr auto kFeltFaces = std::to_array<FeltFace>(
    {{"普通", "neutral"},       {"平静", "neutral"},   {"开心", "happy"},   {"高兴", "happy"},
     {"快乐", "happy"},         {"大笑", "laughing"},  {"难过", "sad"},     {"悲伤", "sad"},
     {"伤心", "sad"},           {"生气", "angry"},     {"愤怒", "angry"},   {"哭泣", "crying"},
     {"害羞", "embarrassed"},   {"惊讶", "surprised"}, {"害怕", "shocked"}, {"恐惧", "shocked"},
     {"疑惑", "confused"},      {"happy", "happy"},    {"sad", "sad"},      {"angry", "angry"},
     {"surprised", "surprised"}});

std::string_view face_for(std::string_view word) {
  const auto* found = std::ranges::find(kFeltFaces, word, &FeltFace::word);
  return found == kFeltFaces.end() ? "neutral" : found->face;
}

// As the API wants names of providers.
std::string provider_name(std::string_view text) {
  constexpr std::size_t kMostBytes = 32;
  std::string name;
  for (const char c : text) {
    if (name.size() == kMostBytes) break;
    if (c >= 'A' && c <= 'Z') {
      name += static_cast<char>(c - 'A' + 'a');
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-') {
      name += c;
    }
  }
  return name.empty() ? "imported" : name;
}

void copy_text(ImportSource& source, const std::string& path, json::object& to, std::string_view key) {
  if (auto text = source.take(path)) to[key] = std::move(*text);
}

// A secret, or the name of something at a service.
void copy_id(ImportSource& source, const std::string& path, json::object& to, std::string_view key) {
  if (auto text = source.take(path, true)) to[key] = std::move(*text);
}

// Addresses are shown and kept unsealed: without what may be a secret in them (user:password@host, ?key=...).
void copy_address(ImportSource& source, const std::string& path, json::object& to, std::string_view key) {
  auto text = source.take(path, true);
  if (!text) return;
  if (text->find('@') != std::string::npos)
    return source.leave(path, "may hold a password: give the provider an address without it");
  if (const std::size_t query = text->find_first_of("?#"); query != std::string::npos) {
    text->resize(query);
    source.leave(path, "was taken without what follows ? or #, which may be a secret");
  }
  to[key] = std::move(*text);
}

void copy_number(ImportSource& source, const std::string& path, json::object& to, std::string_view key) {
  if (const auto number = source.take_number(path)) {
    if (*number == static_cast<double>(static_cast<std::int64_t>(*number))) {
      to[key] = static_cast<std::int64_t>(*number);
    } else {
      to[key] = *number;
    }
  }
}

void copy_model_numbers(ImportSource& source, const std::string& at, json::object& to) {
  for (const char* key : {"temperature", "top_p", "frequency_penalty", "presence_penalty", "max_tokens"})
    copy_number(source, at + "." + key, to, key);
}

// The address of a service from the address of one of its calls.
void cut_path(json::object& config, std::string_view key, std::string_view path) {
  const auto url = json::find_string(config, key);
  if (!url) return;
  std::string base(*url);
  while (base.ends_with('/')) base.pop_back();
  if (!path.empty() && base.ends_with(path)) base.resize(base.size() - path.size());
  config[key] = base;
}

void choose(ImportPlan& plan, ImportedProvider provider) {
  plan.agent[provider.stage] = json::array{json::value(provider.name)};
  plan.providers.push_back(std::move(provider));
}

void plan_moechat_model(ImportSource& source, ImportPlan& plan) {
  if (!source.has("LLM.api")) return;
  ImportedProvider llm{.stage = "llm", .name = "moechat", .config = {{"type", "openai"}}, .secrets = {}};
  copy_address(source, "LLM.api", llm.config, "base_url");
  cut_path(llm.config, "base_url", "/chat/completions");
  copy_id(source, "LLM.model", llm.config, "model_name");
  copy_id(source, "LLM.key", llm.secrets, "api_key");
  copy_model_numbers(source, "LLM.extra_config", llm.config);
  source.leave("LLM.extra_config.n", "one answer is asked for");
  if (!llm.config.contains("model_name")) source.leave("LLM.model", "names no model: give the provider one");
  choose(plan, std::move(llm));
}

void plan_moechat_voice(ImportSource& source, ImportPlan& plan, json::object& character) {
  if (!source.has("GSV.api")) return;
  ImportedProvider tts{.stage = "tts", .name = "moechat", .config = {{"type", "gpt_sovits"}}, .secrets = {}};
  copy_address(source, "GSV.api", tts.config, "url");
  cut_path(tts.config, "url", "");
  for (const char* key : {"ref_audio_path", "prompt_text", "prompt_lang", "text_lang"})
    copy_text(source, std::string("GSV.") + key, tts.config, key);
  copy_text(source, "GSV.ex_config.text_split_method", tts.config, "text_split_method");
  for (const char* key : {"GSV.GPT_weight", "GSV.SoVITS_weight"})
    source.leave(key, "the voice server's own settings name its weights");
  json::object feelings;
  json::object emotions;
  for (const std::string& word : source.keys("extra_ref_audio")) {
    const auto reference = source.take_list("extra_ref_audio." + word);
    if (reference.empty()) continue;
    feelings[word] = json::object{{"ref_audio_path", reference[0]},
                                  {"prompt_text", reference.size() > 1 ? reference[1] : std::string()}};
    emotions[word] = face_for(word);
  }
  if (!feelings.empty()) {
    tts.config["feelings"] = std::move(feelings);
    character["emotions"] = std::move(emotions);
  }
  choose(plan, std::move(tts));
}

ImportPlan plan_moechat(ImportSource& source) {
  constexpr double kMostDepth = 8;
  ImportPlan plan{.from = "MoeChat", .agent = {}, .providers = {}, .taken = {}, .left = {}};
  json::object character;
  plan_moechat_model(source, plan);
  plan_moechat_voice(source, plan, character);
  const bool plays = source.take_truth("Agent.is_up");
  copy_text(source, "Agent.prompt", plan.agent, "prompt");
  if (plays) {
    copy_text(source, "Agent.char", character, "name");
    copy_text(source, "Agent.user", character, "user");
    copy_text(source, "Agent.char_settings", character, "settings");
    copy_text(source, "Agent.char_personalities", character, "personality");
    copy_text(source, "Agent.mask", character, "mask");
    copy_text(source, "Agent.message_example", character, "examples");
    const bool diary = source.take_truth("Agent.long_memory");
    const bool facts = source.take_truth("Agent.is_core_mem");
    if (diary || facts) plan.agent["memory"] = facts ? "full" : "diary";
    const auto depth = source.take_number("Agent.scan_depth");
    if (source.take_truth("Agent.lore_books")) {
      plan.agent["documents"] =
          json::object{{"depth", static_cast<std::int64_t>(std::clamp(depth.value_or(4), 1.0, kMostDepth))}};
    }
    for (const char* key : {"Agent.mem_thresholds", "Agent.books_thresholds", "Agent.is_check_memorys"})
      source.leave(key, "is of a model of meanings; here words count (docs/lore.md)");
  } else {
    source.leave("Agent", "is off (is_up): of it only prompt was taken");
  }
  if (!character.empty()) plan.agent["character"] = std::move(character);
  source.leave("Core.sv", "who speaks is told by voiceprints (docs/providers.md)");
  return plan;
}

bool plan_server_model(ImportSource& source, const std::string& at, ImportedProvider& llm) {
  const std::string type = source.take(at + ".type").value_or("");
  copy_address(source, at + ".base_url", llm.config, "base_url");
  if (!llm.config.contains("base_url")) copy_address(source, at + ".url", llm.config, "base_url");
  if (type == "openai") {
    cut_path(llm.config, "base_url", "/chat/completions");
    copy_model_numbers(source, at, llm.config);
  } else if (type == "dify") {
    const std::string mode = source.take(at + ".mode").value_or("chat-messages");
    llm.config["mode"] = mode == "workflows/run"         ? "workflow"
                         : mode == "completion-messages" ? "completion"
                                                         : "chat";
  } else if (type == "coze") {
    copy_id(source, at + ".bot_id", llm.config, "bot_id");
    copy_id(source, at + ".user_id", llm.config, "user_id");
    copy_id(source, at + ".personal_access_token", llm.secrets, "api_key");
  } else if (type != "ollama" && type != "fastgpt") {
    return false;
  }
  llm.config["type"] = type;
  copy_id(source, at + ".model_name", llm.config, "model_name");
  copy_id(source, at + ".api_key", llm.secrets, "api_key");
  return true;
}

bool plan_server_voice(ImportSource& source, const std::string& at, ImportedProvider& tts) {
  const std::string type = source.take(at + ".type").value_or("");
  if (type == "edge") {
    tts.config["type"] = "edge";
    copy_text(source, at + ".voice", tts.config, "voice");
  } else if (type == "openai") {
    tts.config["type"] = "openai";
    copy_address(source, at + ".api_url", tts.config, "url");
    copy_id(source, at + ".model", tts.config, "model");
    copy_text(source, at + ".voice", tts.config, "voice");
    copy_number(source, at + ".speed", tts.config, "speed");
    copy_id(source, at + ".api_key", tts.secrets, "api_key");
  } else if (type == "huoshan_double_stream") {
    tts.config["type"] = "volcengine";
    copy_address(source, at + ".ws_url", tts.config, "url");
    copy_id(source, at + ".appid", tts.config, "app_id");
    copy_id(source, at + ".resource_id", tts.config, "resource_id");
    copy_id(source, at + ".speaker", tts.config, "speaker");
    copy_id(source, at + ".access_token", tts.secrets, "access_token");
  } else if (type == "gpt_sovits_v2" || type == "gpt_sovits_v3") {
    tts.config["type"] = "gpt_sovits";
    copy_address(source, at + ".url", tts.config, "url");
    for (const char* key : {"ref_audio_path", "prompt_text", "prompt_lang", "text_lang", "text_split_method"})
      copy_text(source, at + "." + key, tts.config, key);
  } else {
    return false;
  }
  return true;
}

void plan_server_stage(ImportSource& source, ImportPlan& plan, const std::string& module,
                       bool (*read)(ImportSource&, const std::string&, ImportedProvider&)) {
  const auto name = source.take("selected_module." + module);
  if (!name) return;
  const std::string at = module + "." + *name;
  const std::string stage = module == "LLM" ? "llm" : "tts";
  ImportedProvider provider{.stage = stage, .name = provider_name(*name), .config = {}, .secrets = {}};
  if (read(source, at, provider)) {
    choose(plan, std::move(provider));
  } else {
    source.leave(at, "there is no such service here (docs/providers.md)");
  }
  for (const std::string& other : source.keys(module)) {
    if (other != *name) source.leave(module + "." + other, "is not the selected one");
  }
}

ImportPlan plan_server(ImportSource& source) {
  ImportPlan plan{.from = "xiaozhi-esp32-server", .agent = {}, .providers = {}, .taken = {}, .left = {}};
  plan_server_stage(source, plan, "LLM", plan_server_model);
  plan_server_stage(source, plan, "TTS", plan_server_voice);
  copy_text(source, "prompt", plan.agent, "prompt");
  if (source.take_truth("end_prompt.enable"))
    copy_text(source, "end_prompt.prompt", plan.agent, "end_prompt");
  const auto list = [&](const char* from, const char* to) {
    json::array words;
    for (const std::string& word : source.take_list(from)) words.emplace_back(word);
    if (!words.empty()) plan.agent[to] = std::move(words);
  };
  list("exit_commands", "exit_words");
  list("wakeup_words", "wake_words");
  const std::string memory = source.take("selected_module.Memory").value_or("nomem");
  if (memory != "nomem" && memory != "mem_report_only") plan.agent["memory"] = "full";
  for (const char* key : {"ASR", "VAD", "VLLM", "Intent", "Memory"})
    source.leave(key, "is set up in worker.yaml (docs/providers.md)");
  source.leave("plugins", "tools are set up in worker.yaml (docs/tools.md)");
  source.leave("server", "is of the gateway (docs/operations.md)");
  return plan;
}

}  // namespace

Result<ImportPlan> plan_import(std::string_view text) {
  auto tree = yaml_tree(text, kMaxImportBytes);
  if (!tree) return tree.error();
  ImportSource source(std::move(*tree));
  const bool is_server = source.has("selected_module");
  if (!is_server && !source.has("GSV") && !source.has("Agent.is_up")) {
    return Error{ErrorCode::kInvalid, "it is neither MoeChat's config.yaml nor that of xiaozhi-esp32-server"};
  }
  ImportPlan plan = is_server ? plan_server(source) : plan_moechat(source);
  plan.taken = source.taken();
  plan.left = source.left();
  return plan;
}

}  // namespace earshot::ctl
