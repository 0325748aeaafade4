#include "gateway/app/command_line.h"

#include <CLI/CLI.hpp>

#include <vector>

#include "common/base/startup_error.h"

namespace earshot::gateway {

std::variant<CommandLine, int> parse_command_line(int argc, const char* const* argv) {
  CLI::App app{"Earshot's gateway: MQTT and UDP for voice devices, IPC for voice workers."};
  app.set_version_flag("--version", EARSHOT_VERSION);
  CommandLine line;
  std::string file;
  std::vector<std::string> settings;
  app.add_option("--config", file, "A YAML file; without it the defaults hold")->type_name("FILE");
  app.add_option("--set", settings, "Overrides one value of the configuration; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  app.add_flag("--check-config", line.check_config,
               "Prints the effective configuration, or its problems, and exits");
  try {
    app.parse(argc, argv);
    for (const auto& setting : settings) {
      const std::size_t equals = setting.find('=');
      if (equals == 0 || equals == std::string::npos) {
        throw CLI::ValidationError("--set", "'" + setting + "' is not KEY=VALUE");
      }
      line.overrides.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
    }
  } catch (const CLI::ParseError& failure) {
    return app.exit(failure) == 0 ? 0 : static_cast<int>(ExitCode::kConfig);
  }
  if (!file.empty()) line.config_file = file;
  return line;
}

}  // namespace earshot::gateway
