// An agent as one device meets it: its language, its prompt as of now, and the words it knows. Pure.
#pragma once

#include <chrono>
#include <ctime>
#include <string>
#include <string_view>

#include "worker/dialogue/agent.h"
#include "worker/dialogue/wake_words.h"

namespace earshot::worker {

class Persona {
 public:
  // Borrows: the agent. `device_language` and `default_language` stand in, in this order, for an agent that
  // names no language of its own.
  Persona(const Agent& agent, std::string_view device_language, std::string_view default_language,
          std::string device);

  const std::string& language() const { return language_; }
  std::string prompt(const std::tm& local_time) const;
  bool is_wake_word(std::string_view text) const { return wake_words_.contains(text); }
  bool is_exit(std::string_view text) const { return exit_words_.contains(text); }

  const std::string& greeting() const { return agent_.greeting; }  // empty: ask the brain
  std::string greeting_words() const;                              // what a wake word means to the brain
  std::string farewell() const;
  std::string end_prompt(const std::tm& local_time) const;  // empty: the farewell is said

 private:
  std::string filled(const std::string& text, const std::tm& local_time) const;

  const Agent& agent_;
  std::string language_;
  std::string device_;
  WakeWords wake_words_;
  WakeWords exit_words_;  // compared in the same way
};

}  // namespace earshot::worker
