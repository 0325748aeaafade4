#include "worker/dialogue/persona.h"

#include <utility>

#include "common/json/json.h"
#include "worker/dialogue/apologies.h"
#include "worker/dialogue/prompt_template.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxLanguageBytes = 35;  // the longest tag that RFC 5646 makes room for
constexpr std::size_t kMaxDeviceBytes = 64;

}  // namespace

Persona::Persona(const Agent& agent, std::string_view device_language, std::string_view default_language,
                 std::string device)
    : agent_(agent),
      language_(!agent.language.empty()
                    ? agent.language
                    : std::string(device_language.empty() ? default_language : device_language)),
      device_(json::clean_text(device, kMaxDeviceBytes)),
      wake_words_(agent.wake_words),
      exit_words_(agent.exit_words) {
  language_ = json::clean_text(language_, kMaxLanguageBytes);
}

std::string Persona::prompt(const std::tm& local_time) const {
  std::string text = character_text(agent_.character);
  if (!text.empty() && !agent_.prompt.empty()) text += "\n\n";
  return filled(text + agent_.prompt, local_time);
}

std::string Persona::end_prompt(const std::tm& local_time) const {
  return filled(agent_.end_prompt, local_time);
}

std::string Persona::greeting_words() const {
  return language_.starts_with("zh") ? "你好" : "hello";
}

std::string Persona::farewell() const {
  return agent_.farewell.empty() ? farewell_text(language_) : agent_.farewell;
}

std::string Persona::filled(const std::string& text, const std::tm& local_time) const {
  return filled_prompt(text, {.local_time = local_time,
                              .language = language_,
                              .device = device_,
                              .agent = agent_.name,
                              .character = agent_.character.name,
                              .user = agent_.character.user});
}

}  // namespace earshot::worker
