// earshot-gateway: arguments, configuration, App, exit code.
#include <csignal>
#include <cstdio>
#include <exception>
#include <sstream>
#include <string>
#include <variant>

#include "common/base/startup_error.h"
#include "common/config/config_reader.h"
#include "common/log/log.h"
#include "common/log/log_settings.h"
#include "common/service/service_manager.h"
#include "gateway/app/app.h"
#include "gateway/app/command_line.h"
#include "gateway/app/config.h"

namespace {

using namespace earshot;
using namespace earshot::gateway;

// One "earshot-gateway: ..." a line: scripts and people look for it at the end of the log.
int give_up(const std::string& message, ExitCode code) {
  std::istringstream lines(message);
  if (log::uses_json()) {
    for (std::string line; std::getline(lines, line);) log::logger("main").error("{}", line);
    log::flush();
    return static_cast<int>(code);
  }
  log::flush();  // before the last words
  for (std::string line; std::getline(lines, line);)
    std::fprintf(stderr, "earshot-gateway: %s\n", line.c_str());
  return static_cast<int>(code);
}

void log_effective(const std::string& effective) {
  auto& logger = log::logger("config");
  std::istringstream lines(effective);
  for (std::string line; std::getline(lines, line);) logger.info("{}", line);
}

int run(const CommandLine& line) {
  GatewayConfig config = load_config(line.config_file, line.overrides);
  if (line.check_config) {
    std::fputs(config.effective.c_str(), stdout);
    return 0;
  }
  const ServiceManager manager = ServiceManager::from_environment();
  if (config.log_json) log::use_json();
  log::configure("gateway", config.log_level);
  log_effective(config.effective);
  std::signal(SIGPIPE, SIG_IGN);  // a peer that went away is an error code, not the end
  const auto reread = [&line] { return load_config(line.config_file, line.overrides); };
  const int exit_code = App(std::move(config), reread, manager).run();
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
