#include "worker/command_line.h"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

#include "common/base/startup_error.h"

namespace earshot::worker {

std::variant<CommandLine, int> parse_command_line(int argc, const char* const* argv) {
  CLI::App app{"Earshot's worker: hears, thinks and speaks for the gateways that it dials."};
  app.set_version_flag("--version", EARSHOT_VERSION);
  CommandLine line;
  std::string file;
  std::string id;
  std::string join;
  std::vector<std::string> settings;
  app.add_option("--config", file, "A YAML file; without it the defaults hold")->type_name("FILE");
  app.add_option("--gateway", line.arguments.gateways,
                 "A gateway to dial, unix:PATH, tcp:HOST:PORT or tls:HOST:PORT; may be repeated")
      ->type_name("ADDRESS")
      ->allow_extra_args(false);
  app.add_option(
         "--join", join,
         "Joins a gateway of another machine with the line that earshotctl workers join-token printed, once; "
         "later starts need no argument")
      ->type_name("EARSHOT://...");
  app.add_option("--id", id, "The worker's name in logs")->type_name("NAME");
  app.add_option("--set", settings, "Overrides one value of the configuration; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  app.add_flag("--check-config", line.check_config,
               "Prints the effective configuration, or its problems, and exits");
  try {
    app.parse(argc, argv);
    for (const std::string& setting : settings) {
      const std::size_t equals = setting.find('=');
      if (equals == 0 || equals == std::string::npos) {
        throw CLI::ValidationError("--set", "'" + setting + "' is not KEY=VALUE");
      }
      line.arguments.overrides.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
    }
  } catch (const CLI::ParseError& failure) {
    return app.exit(failure) == 0 ? 0 : static_cast<int>(ExitCode::kConfig);
  }
  if (!file.empty()) line.arguments.config_file = file;
  if (!id.empty()) line.arguments.id = id;
  if (!join.empty()) line.join = join;
  return line;
}

}  // namespace earshot::worker
