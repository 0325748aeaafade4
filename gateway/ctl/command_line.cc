#include "gateway/ctl/command_line.h"

#include <CLI/CLI.hpp>

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "gateway/ctl/failure.h"

namespace earshot::ctl {

namespace {

constexpr const char* kFooter =
    "Exit codes: 0 done; 1 it failed, or was not answered in time; 2 the command line is wrong; 3 no "
    "gateway\n"
    "there; 4 not authorised; 5 no such thing; 6 the device refused.\n\n"
    "The gateway is found by --url or EARSHOT_URL, the token by --token or EARSHOT_TOKEN; without them both "
    "come\n"
    "from the data folder of a gateway on this machine (--data or EARSHOT_DATA; ./data, or the one that\n"
    "deploy/run.sh uses).\n\n"
    "  earshotctl devices --online\n"
    "  earshotctl call kitchen self.audio_speaker.set_volume volume=40\n"
    "  earshotctl say kitchen dinner is ready\n"
    "  earshotctl tail --device kitchen\n"
    "  source <(earshotctl completion bash)";

constexpr const char* kShortFooter =
    "Also --url, --token, --data, --json, --no-color, as every command: earshotctl --help";

// Where CLI11 puts the values of one parameter of one command.
struct Slot {
  const Parameter* parameter;
  CLI::Option* option = nullptr;
  std::vector<std::string> values = {};
};

class Reader {
 public:
  explicit Reader(std::span<const Command> commands) {
    app_.set_version_flag("--version", EARSHOT_VERSION);
    app_.get_formatter()->column_width(30);
    app_.name("earshotctl");
    app_.footer(kFooter);
    app_.require_subcommand(1);
    for (const Parameter& parameter : common_parameters()) add(app_, common_, parameter);
    for (const Command& command : commands) {
      CLI::App* parent = &app_;
      if (command.in_group()) parent = group(command);
      CLI::App* sub = parent->add_subcommand(command.word(), command.help)->fallthrough();
      sub->footer(kShortFooter);
      subcommands_.emplace_back(sub, &command);
      for (const Parameter& parameter : command.parameters) add(*sub, own_[&command], parameter);
    }
  }

  Chosen read(int argc, const char* const* argv) {
    app_.parse(argc, argv);
    Chosen chosen;
    for (const auto& [sub, command] : subcommands_) {
      if (sub->parsed()) chosen.command = command;
    }
    for (const auto& [name, first] : group_defaults_) {  // `tokens` is `tokens list`
      if (chosen.command == nullptr && groups_.at(name)->parsed()) chosen.command = first;
    }
    if (chosen.command == nullptr) throw CLI::RequiredError("A subcommand");
    collect(common_, chosen.arguments);
    collect(own_[chosen.command], chosen.arguments);
    for (const Parameter& parameter : chosen.command->parameters) {
      if (parameter.required && !chosen.arguments.has(parameter.name))
        throw CLI::RequiredError(parameter.name);
    }
    return chosen;
  }

  int explain(const CLI::ParseError& failure) {
    return app_.exit(failure) == 0 ? 0 : static_cast<int>(Exit::kUsage);
  }

 private:
  CLI::App* group(const Command& command) {
    CLI::App*& made = groups_[command.group()];
    if (made == nullptr) {
      made = app_.add_subcommand(command.group(), command.help)->fallthrough()->require_subcommand(0, 1);
      made->footer(command.word() == "list" ? "Without a subcommand: list." : "");
      if (command.word() == "list") group_defaults_[command.group()] = &command;
    }
    return made;
  }

  static void add(CLI::App& app, std::deque<Slot>& slots, const Parameter& parameter) {
    Slot& slot = slots.emplace_back(Slot{.parameter = &parameter});
    if (parameter.is_flag()) {
      slot.option = app.add_flag(parameter.name, parameter.help);
      return;
    }
    slot.option = app.add_option(parameter.name, slot.values, parameter.help);
    slot.option->type_name(parameter.is_option() ? parameter.value : "");
    if (parameter.many && !parameter.is_option())
      slot.option->expected(parameter.required ? 1 : 0, CLI::detail::expected_max_vector_size);
    else
      slot.option->expected(1)->allow_extra_args(false);
    if (parameter.many && parameter.is_option())
      slot.option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    if (!parameter.choices.empty()) slot.option->check(CLI::IsMember(parameter.choices).description(""));
    if (parameter.required) slot.option->required();
  }

  static void collect(const std::deque<Slot>& slots, Arguments& into) {
    for (const Slot& slot : slots) {
      if (slot.parameter->is_flag() && slot.option->count() > 0) into.add(slot.parameter->name, "yes");
      for (const auto& value : slot.values) into.add(slot.parameter->name, value);
    }
  }

  CLI::App app_{"Earshot's command line: devices, commands, agents, firmware and the gateway itself."};
  std::deque<Slot> common_;
  std::map<const Command*, std::deque<Slot>> own_;
  std::map<std::string, CLI::App*> groups_;
  std::map<std::string, const Command*> group_defaults_;
  std::vector<std::pair<CLI::App*, const Command*>> subcommands_;
};

}  // namespace

std::variant<Chosen, int> parse_command_line(std::span<const Command> commands, int argc,
                                             const char* const* argv) {
  Reader reader(commands);
  try {
    return reader.read(argc, argv);
  } catch (const CLI::ParseError& failure) {
    return reader.explain(failure);
  }
}

}  // namespace earshot::ctl
