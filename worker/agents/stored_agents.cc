#include "worker/agents/stored_agents.h"

#include <string>

#include "common/config/config_reader.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxProblemBytes = 1024;

void tell(AgentProblems& problems, const std::string& stage, const std::string& name, std::string what) {
  ipc::AgentProblem& problem = problems.emplace_back();
  problem.set_stage(stage.substr(0, 16));
  problem.set_name(name.substr(0, 48));
  if (what.size() > kMaxProblemBytes) what.resize(kMaxProblemBytes);
  problem.set_what(std::move(what));
}

template <class Settings>
void add_provider(const ipc::StoredProvider& stored, Settings (*read)(ConfigSection&),
                  ProviderChoice<Settings>& choice, AgentProblems& problems) {
  const auto refuse = [&](const std::string& what) { tell(problems, stored.stage(), stored.name(), what); };
  if (!is_agent_name(stored.name())) return refuse("a name is 1 to 64 of A-Z a-z 0-9 _ -");
  if (stored.name() == kLocalProvider)
    return refuse("is the name of the embedded engine; choose another one");
  if (choice.known.contains(stored.name())) return refuse("the worker's own file has one of this name");
  if (stored.withheld()) {
    return refuse(
        "has secrets, which the gateway does not send over TCP because it cannot tell who listens there: "
        "link "
        "this worker through a Unix socket, or name the provider in its own file");
  }
  try {
    ConfigReader reader = ConfigReader::parse(stored.config(), stored.stage() + "." + stored.name());
    reader.secrets_inline();
    ConfigSection root = reader.root();
    Settings settings = read(root);
    reader.finish();
    choice.known.emplace(stored.name(), std::move(settings));
  } catch (const ConfigError& failure) {
    refuse(failure.what());
  }
}

void add_agent(const ipc::StoredAgent& stored, const AgentChoice& usual, WorkerConfig& config,
               AgentProblems& problems) {
  const auto refuse = [&](const std::string& what) { tell(problems, "", stored.name(), what); };
  if (!is_agent_name(stored.name())) return refuse("a name is 1 to 64 of A-Z a-z 0-9 _ -");
  if (config.named_agents.contains(stored.name()))
    return refuse("the worker's own file has one of this name");
  try {
    ConfigReader reader = ConfigReader::parse(stored.config(), stored.name());
    reader.secrets_inline();
    AgentChoice choice = read_agent(reader.root(), stored.name(), usual, config);
    reader.finish();
    if (std::string remark = agent_remark(choice.agent); !remark.empty())
      tell(problems, "", stored.name(), "is in use, but " + remark);
    config.agents.insert_or_assign(stored.name(), std::move(choice));
  } catch (const ConfigError& failure) {
    refuse(failure.what());
  }
}

}  // namespace

WorkerConfig with_stored(const WorkerConfig& own, const ipc::AgentSet& set, AgentProblems& problems) {
  WorkerConfig config = own;
  for (const ipc::StoredProvider& stored : set.providers()) {
    if (stored.stage() == "asr") {
      add_provider(stored, read_asr, config.asr, problems);
    } else if (stored.stage() == "llm") {
      add_provider(stored, read_llm, config.llm, problems);
    } else if (stored.stage() == "tts") {
      add_provider(stored, read_tts, config.tts, problems);
    } else {
      tell(problems, stored.stage(), stored.name(), "the stage must be asr, llm or tts");
    }
  }
  const AgentChoice usual = usual_agent(own);
  for (const ipc::StoredAgent& stored : set.agents()) add_agent(stored, usual, config, problems);
  return config;
}

}  // namespace earshot::worker
