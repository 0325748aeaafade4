// What becomes of another server's config.yaml here: an agent, its providers, and what could not be taken. Pure.
//
// Two are known: MoeChat's (LLM, GSV, Agent), and xiaozhi-esp32-server's (selected_module). Values that are secrets are kept
// apart from all that is shown; of what is left only the key is named.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/json/json.h"

namespace earshot::ctl {

inline constexpr std::size_t kMaxImportBytes = 1 << 20;

struct ImportedProvider {
  std::string stage;  // llm, tts
  std::string name;
  json::object config;
  json::object secrets;  // never printed
};

struct ImportPlan {
  std::string from;    // whose file it is
  json::object agent;  // its config, as docs/agents.md has it
  std::vector<ImportedProvider> providers;
  std::vector<std::string> taken;  // keys, with dots between them
  std::vector<std::string> left;   // keys, and why where it is known
};

// Errors: kTooLarge, kInvalid (no YAML, or of neither server).
Result<ImportPlan> plan_import(std::string_view text);

}  // namespace earshot::ctl
