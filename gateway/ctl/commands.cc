#include "gateway/ctl/commands.h"

namespace earshot::ctl {

std::span<const Parameter> common_parameters() {
  static const std::vector<Parameter> kCommon{
      option("--url", "URL", "The gateway, e.g. https://earshot.example.net"),
      option("--token", "TOKEN", "An API token (EARSHOT_TOKEN is not seen by other users of this machine)"),
      option("--data", "DIR", "The data folder of a gateway on this machine", Hint::kFile),
      flag("--json", "Print what the API answers, as JSON"),
      flag("--no-color", "No colours; NO_COLOR does the same"),
  };
  return kCommon;
}

std::vector<Command> all_commands() {
  std::vector<Command> all;
  add_device_commands(all);
  add_call_commands(all);
  add_conversation_commands(all);
  add_document_commands(all);
  add_memory_commands(all);
  add_pki_commands(all);
  add_tail_command(all);
  add_agent_commands(all);
  add_providers_find(all);
  add_firmware_commands(all);
  add_account_commands(all);
  add_import_command(all);
  add_store_commands(all);
  add_doctor_command(all);
  add_completion_command(all);
  return all;
}

}  // namespace earshot::ctl
