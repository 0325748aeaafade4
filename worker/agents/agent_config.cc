#include "worker/agents/agent_config.h"

#include <algorithm>
#include <map>
#include <utility>

#include "worker/config.h"
#include "worker/dialogue/prompt_template.h"
#include "worker/dialogue/token_budget.h"
#include "worker/providers/tts/tts_voice.h"
#include "worker/speaking/emoji_emotion.h"
#include "worker/speaking/emotion_tags.h"
#include "worker/spoken_text/word_replacements.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kLargePromptTokens = 2000;
constexpr std::size_t kMaxPromptBytes = 32 * 1024;
constexpr std::size_t kMaxSpokenBytes = 1024;  // of a greeting or a farewell

void read_text(ConfigSection& section, std::string_view key, std::string& out, std::size_t max_bytes) {
  section.read(key, out);
  if (out.size() > max_bytes) section.problem(key, "is longer than " + std::to_string(max_bytes) + " bytes");
}

void read_prompt(ConfigSection& section, std::string_view key, std::string& out) {
  read_text(section, key, out, kMaxPromptBytes);
  if (const auto unknown = unknown_placeholder(out)) {
    section.problem(
        key, "has the placeholder " + *unknown +
                 "; known are {{date}}, {{time}}, {{weekday}}, {{language}}, {{device}}, {{agent}}, {{char}} "
                 "and {{user}}");
  }
}

void read_memory(ConfigSection& section, MemoryLevel& out) {
  std::string level = out == MemoryLevel::kFull ? "full" : out == MemoryLevel::kDiary ? "diary" : "off";
  section.read("memory", level);
  if (level == "off") {
    out = MemoryLevel::kOff;
  } else if (level == "diary") {
    out = MemoryLevel::kDiary;
  } else if (level == "full") {
    out = MemoryLevel::kFull;
  } else {
    section.problem("memory", "is one of off, diary and full");
  }
}

void read_documents(ConfigSection section, LoreRules& out) {
  section.read("depth", out.depth, {0, LoreRules::kMaxDepth});
  section.read("threshold", out.threshold, 0.0, 1.0);
}

void read_emotions(ConfigSection words, std::map<std::string, std::string>& out) {
  const std::vector<std::string> tags = words.children();
  if (tags.empty()) return;
  out.clear();
  if (tags.size() > EmotionTags::kMaxTags)
    words.problem("", "has more than " + std::to_string(EmotionTags::kMaxTags) + " words");
  for (const std::string& tag : tags) {
    std::string face;
    words.read(tag, face);
    if (tag.size() > EmotionTags::kMaxBytes || tag.find_first_of("[]\n") != std::string::npos)
      words.problem(tag, "is at most " + std::to_string(EmotionTags::kMaxBytes) + " bytes, without brackets");
    if (!is_face(face)) words.problem(tag, "names '" + face + "', which is none of the device's faces");
    out.emplace(tag, face);
  }
}

void read_character(ConfigSection section, Character& out) {
  constexpr std::size_t kMaxNameBytes = 64;
  constexpr std::size_t kMaxBlockBytes = 8 * 1024;
  read_text(section, "name", out.name, kMaxNameBytes);
  read_text(section, "user", out.user, kMaxNameBytes);
  for (const auto& [key, block] : {std::pair{"settings", &out.settings},
                                   {"personality", &out.personality},
                                   {"mask", &out.mask},
                                   {"examples", &out.examples}}) {
    read_text(section, key, *block, kMaxBlockBytes);
  }
  read_emotions(section.section("emotions"), out.emotions);
}

template <class Settings>
std::vector<std::string> read_order(ConfigSection& section, std::string_view key,
                                    const ProviderChoice<Settings>& choice, Milliseconds stage_patience) {
  std::vector<std::string> names;
  section.read(key, names);
  if (names.empty()) {
    section.in_force(key, choice.order);
    return choice.order;
  }
  const std::vector<std::string> order = checked_order(section, {key, key}, names, choice);
  check_patience(section, key, order, choice, stage_patience);
  return order;
}

void read_voice(ConfigSection& section, const WorkerConfig& config, AgentChoice& choice) {
  section.read("voice", choice.agent.voice);
  if (choice.agent.voice.empty()) return;
  const auto first = choice.tts.empty() ? config.tts.known.end() : config.tts.known.find(choice.tts.front());
  if (first == config.tts.known.end()) {
    return section.problem("voice", "needs a speech provider that has voices, not the embedded engine");
  }
  if (const auto settings = with_voice(first->second, choice.agent.voice); !settings)
    section.problem("voice", "is not for '" + first->first + "': " + settings.error().message);
}

void read_replacements(ConfigSection& section, std::vector<std::pair<std::string, std::string>>& out) {
  ConfigSection words = section.section("replacements");
  const std::vector<std::string> names = words.children();
  if (names.empty()) return;
  out.clear();
  if (names.size() > WordReplacements::kMaxCount)
    section.problem("replacements",
                    "has more than " + std::to_string(WordReplacements::kMaxCount) + " words");
  for (const std::string& word : names) {
    std::string said;
    words.read(word, said);
    if (word.empty() || word.size() > WordReplacements::kMaxBytes ||
        said.size() > WordReplacements::kMaxBytes) {
      words.problem(word, "and what is said for it are 1 to " + std::to_string(WordReplacements::kMaxBytes) +
                              " bytes each");
    }
    out.emplace_back(word, said);
  }
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

}  // namespace

bool is_agent_name(const std::string& name) {
  return !name.empty() && name.size() <= 64 &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") ==
             std::string::npos;
}

std::string agent_remark(const Agent& agent) {
  const std::size_t tokens = estimated_tokens(agent.prompt);
  if (tokens < kLargePromptTokens) return {};
  return "its prompt is about " + std::to_string(tokens) +
         " tokens, which are sent with every request: a shorter one answers sooner and costs less";
}

AgentChoice read_agent(ConfigSection section, const std::string& name, const AgentChoice& usual,
                       const WorkerConfig& config) {
  AgentChoice choice = usual;
  Agent& agent = choice.agent;
  agent.name = name;
  read_prompt(section, "prompt", agent.prompt);
  section.read("language", agent.language);
  choice.asr = read_order(section, "asr", config.asr, config.conversation.asr_patience);
  choice.llm = read_order(section, "llm", config.llm, config.conversation.turn.brain_patience);
  choice.tts = read_order(section, "tts", config.tts, config.conversation.tts_patience);
  section.read("commands_first", choice.commands_first);
  read_voice(section, config, choice);
  section.read("tools", agent.tools);
  read_text(section, "greeting", agent.greeting, kMaxSpokenBytes);
  read_text(section, "farewell", agent.farewell, kMaxSpokenBytes);
  read_prompt(section, "end_prompt", agent.end_prompt);
  read_memory(section, agent.memory);
  read_documents(section.section("documents"), agent.lore);
  read_character(section.section("character"), agent.character);
  section.read("exit_words", agent.exit_words);
  section.read("wake_words", agent.wake_words);
  read_replacements(section, agent.replacements);
  return choice;
}

AgentChoice usual_agent(const WorkerConfig& config) {
  return {.agent = config.conversation.agent,
          .asr = config.asr.order,
          .llm = config.llm.order,
          .tts = config.tts.order,
          .commands_first = config.commands_first};
}

void read_agents(ConfigSection root, WorkerConfig& config) {
  const AgentChoice usual = usual_agent(config);
  config.agents.emplace(usual.agent.name, usual);
  ConfigSection agents = root.section("agents");
  for (const std::string& name : agents.children()) {
    if (!is_agent_name(name)) agents.problem(name, "must be 1 to 64 of A-Z a-z 0-9 _ -");
    config.named_agents.insert(name);
    config.agents.insert_or_assign(name, read_agent(agents.section(name), name, usual, config));
  }
  const auto check = [&](ConfigSection& section, std::string_view key, const std::string& name) {
    if (!config.agents.contains(name))
      section.problem(key, "names '" + name + "', which is not among the agents");
  };
  root.read("agent", config.agent);
  check(root, "agent", config.agent);
  ConfigSection devices = root.section("devices");
  for (const std::string& device : devices.children()) {
    std::string name;
    devices.read(device, name);
    check(devices, device, name);
    if (!config.devices.emplace(lower(device), name).second) devices.problem(device, "is given twice");
  }
}

}  // namespace earshot::worker
