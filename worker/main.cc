// earshot-worker: arguments, configuration, App, exit code.
#include <csignal>
#include <cstdio>
#include <exception>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include "common/base/descriptor_limit.h"
#include "common/base/startup_error.h"
#include "common/config/config_reader.h"
#include "common/log/log.h"
#include "common/log/log_settings.h"
#include "common/service/service_manager.h"
#include "worker/app.h"
#include "worker/command_line.h"
#include "worker/config.h"
#include "worker/echo/echo_app.h"
#include "worker/join.h"

namespace {

using namespace earshot;
using namespace earshot::worker;

// One "earshot-worker: ..." a line: scripts and people look for it at the end of the log.
int give_up(const std::string& message, ExitCode code) {
  std::istringstream lines(message);
  if (log::uses_json()) {
    for (std::string line; std::getline(lines, line);) log::logger("main").error("{}", line);
    log::flush();
    return static_cast<int>(code);
  }
  log::flush();  // before the last words
  for (std::string line; std::getline(lines, line);)
    std::fprintf(stderr, "earshot-worker: %s\n", line.c_str());
  return static_cast<int>(code);
}

void log_effective(const std::string& effective) {
  auto& logger = log::logger("config");
  std::istringstream lines(effective);
  for (std::string line; std::getline(lines, line);) logger.info("{}", line);
}

std::vector<std::string> remarks(const WorkerConfig& config) {
  std::vector<std::string> lines;
  for (const auto& [name, choice] : config.agents) {
    if (const std::string remark = agent_remark(choice.agent); !remark.empty())
      lines.push_back("agent '" + name + "': " + remark);
  }
  return lines;
}

// Throws StartupError: one line that says what to do.
void join_first(const CommandLine& line) {
  WorkerArguments before = line.arguments;
  before.joins = true;
  const WorkerConfig config = load_config(before);
  const auto joined = join_gateway(*line.join, config.state_folder, line.arguments.id.value_or(host_name()));
  if (!joined) throw StartupError(ExitCode::kConfig, "not joined: " + joined.error().message);
  std::fprintf(stderr, "earshot-worker: joined as '%s'; certificate and key are in %s\n", joined->c_str(),
               config.state_folder.c_str());
}

int run(const CommandLine& line) {
  if (line.join) join_first(line);
  WorkerConfig config = load_config(line.arguments);
  if (line.check_config) {
    std::fputs(config.effective.c_str(), stdout);
    for (const std::string& remark : remarks(config))
      std::fprintf(stderr, "earshot-worker: note: %s\n", remark.c_str());
    return 0;
  }
  const ServiceManager manager = ServiceManager::from_environment();
  if (config.log_json) log::use_json();
  log::configure(config.id, config.log_level);
  log_effective(config.effective);
  for (const std::string& remark : remarks(config)) log::logger("config").warn("{}", remark);
  std::signal(SIGPIPE, SIG_IGN);  // a peer that went away is an error code, not the end
  raise_descriptor_limit();
  const auto reread = [&line] { return load_config(line.arguments); };
  const int exit_code = config.engine == Engine::kEcho ? run_echo_worker(config, manager)
                                                       : App(std::move(config), reread, manager).run();
  log::flush();
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const auto line = parse_command_line(argc, argv);
    if (const int* exit_code = std::get_if<int>(&line)) return *exit_code;
    return run(std::get<CommandLine>(line));
  } catch (const ConfigError& problems) {
    return give_up(problems.what(), ExitCode::kConfig);
  } catch (const StartupError& failure) {
    return give_up(failure.what(), failure.code());
  } catch (const std::exception& bug) {
    return give_up(std::string("internal error: ") + bug.what(), ExitCode::kBug);
  }
}
