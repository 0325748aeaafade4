// The agents that a configuration names, and which device gets which.
//
//   agent: house                  # of every device that `devices` does not name
//   agents:
//     house: { language: de-DE, llm: [deepseek], tts: [edge, openai], voice: de-DE-KatjaNeural }
//     toy: { prompt: "You are a bear. ...", tools: ["clock.*", "self.audio_*"], greeting: "Hello, friend!" }
//   devices:
//     "11:22:33:44:55:66": toy
//
// What an agent does not say is that of the stage or of the conversation.
#pragma once

#include <string>
#include <vector>

#include "common/config/config_reader.h"
#include "worker/dialogue/agent.h"

namespace earshot::worker {

struct WorkerConfig;

struct AgentChoice {
  Agent agent;
  // Names of providers in the order in which they are tried; `local` comes last by itself.
  std::vector<std::string> asr;
  std::vector<std::string> llm;
  std::vector<std::string> tts;
  // Commands that the embedded brain surely understands do not wait for a model (commands_first.h).
  bool commands_first = false;
};

// One agent; what it does not say is that of `usual`. The providers that it names are looked up in `config`.
AgentChoice read_agent(ConfigSection section, const std::string& name, const AgentChoice& usual,
                       const WorkerConfig& config);
// Who answers where no agent is configured.
AgentChoice usual_agent(const WorkerConfig& config);
bool is_agent_name(const std::string& name);
// What an operator should know of an agent that works, told where it is set; empty: nothing.
std::string agent_remark(const Agent& agent);

// REQUIRES: the stages and the conversation have been read.
void read_agents(ConfigSection root, WorkerConfig& config);

}  // namespace earshot::worker
