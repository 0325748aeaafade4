// All commands of earshotctl, a table a subject. Each file adds its own.
#pragma once

#include <vector>

#include "gateway/ctl/command.h"

namespace earshot::ctl {

void add_device_commands(std::vector<Command>& all);    // devices, show, set, bind, allow, unbind, ...
void add_call_commands(std::vector<Command>& all);      // tools, call, say, alert, reboot, upgrade, command
void add_account_commands(std::vector<Command>& all);   // tokens, users, operators, audit
void add_agent_commands(std::vector<Command>& all);     // agents, providers
void add_providers_find(std::vector<Command>& all);     // providers find
void add_firmware_commands(std::vector<Command>& all);  // firmware
void add_conversation_commands(std::vector<Command>& all);  // workers, drain, sessions, end, conversations
void add_document_commands(std::vector<Command>& all);      // documents
void add_memory_commands(std::vector<Command>& all);        // memory, forget
void add_import_command(std::vector<Command>& all);         // import
void add_store_commands(std::vector<Command>& all);         // store migrate
void add_pki_commands(std::vector<Command>& all);           // pki, workers join-token
void add_tail_command(std::vector<Command>& all);
void add_doctor_command(std::vector<Command>& all);
void add_completion_command(std::vector<Command>& all);

std::vector<Command> all_commands();

}  // namespace earshot::ctl
