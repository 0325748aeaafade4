// earshotctl: arguments, settings, one command, exit code.
#include <chrono>
#include <cstdio>
#include <ctime>
#include <exception>
#include <string>
#include <variant>

#include "gateway/ctl/api.h"
#include "gateway/ctl/command_line.h"
#include "gateway/ctl/commands.h"
#include "gateway/ctl/failure.h"
#include "gateway/ctl/live_lookup.h"
#include "gateway/ctl/machine.h"

namespace {

using namespace earshot;
using namespace earshot::ctl;

int run(const Chosen& chosen) {
  const Terminal terminal(chosen.arguments.has("--json"), chosen.arguments.has("--no-color"));
  try {
    Api api(find_settings(chosen.arguments, this_machine()), terminal);
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    ::localtime_r(&now, &local);
    const auto now_ms =
        std::chrono::duration_cast<Milliseconds>(std::chrono::system_clock::now().time_since_epoch());
    Context context{
        .api = api, .terminal = terminal, .now_ms = now_ms.count(), .utc_offset_s = local.tm_gmtoff};
    chosen.command->run(context, chosen.arguments);
    return static_cast<int>(Exit::kOk);
  } catch (const Failure& failure) {
    terminal.error(failure.what());
    return static_cast<int>(failure.code());
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc == 3 && std::string(argv[1]) == "__complete") return answer_completion(argv[2]);
    const auto commands = all_commands();
    const auto line = parse_command_line(commands, argc, argv);
    if (const int* exit_code = std::get_if<int>(&line)) return *exit_code;
    return run(std::get<Chosen>(line));
  } catch (const std::exception& bug) {
    std::fprintf(stderr, "earshotctl: internal error: %s\n", bug.what());
    return static_cast<int>(Exit::kFailed);
  }
}
