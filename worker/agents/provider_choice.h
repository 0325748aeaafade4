// Which providers a stage uses: those that the file names, which one is selected, and what replaces it. An
// agent may choose its own order (agent_config.h).
//
//   asr:
//     selected: groq               # a name below, or `local`, the embedded engine
//     fallback: [other]            # in this order; the embedded engine always comes last
//     provider_timeout_ms: 3000    # a provider that shows nothing for so long is replaced
//     providers:
//       groq: { type: openai, ... }
//       other: { type: funasr, ... }
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/config/config_reader.h"

namespace earshot::worker {

inline constexpr std::string_view kLocalProvider = "local";

template <class Settings>
struct ProviderChoice {
  std::map<std::string, Settings> known;  // all that the file names
  std::vector<std::string> order;  // the selected one and its fallbacks, without `local`; empty: only `local`
  Milliseconds patience{3000};
  bool patience_given = false;  // in the file: then it holds in front of the embedded engine as well
  bool timeout_given = false;   // of the stage: then providers that need longer do not get it
};

// The names that follow one another in `order`, checked. `keys`: where the first one and the others stand.
template <class Settings>
std::vector<std::string> checked_order(ConfigSection& section,
                                       std::pair<std::string_view, std::string_view> keys,
                                       const std::vector<std::string>& names,
                                       const ProviderChoice<Settings>& choice) {
  std::vector<std::string> order;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string& name = names[i];
    const std::string_view key = i == 0 ? keys.first : keys.second;
    if (name == kLocalProvider) {
      if (i + 1 < names.size())
        section.problem(keys.second, "names providers behind 'local', which is always the last");
    } else if (!choice.known.contains(name)) {
      section.problem(key, "names '" + name + "', which is not among the providers of this stage");
    } else if (std::ranges::find(order, name) != order.end()) {
      section.problem(key, "names '" + name + "' twice");
    } else {
      order.push_back(name);
    }
  }
  return order;
}

// The last one must get its turn while the conversation still waits for the stage.
template <class Settings>
void check_patience(ConfigSection& section, std::string_view key, const std::vector<std::string>& order,
                    const ProviderChoice<Settings>& choice, Milliseconds stage_patience) {
  const auto needed = choice.patience * static_cast<std::int64_t>(order.size());
  if (order.empty() || needed < stage_patience) return;
  section.problem(key, "leaves the last fallback no time: provider_timeout_ms is " +
                           std::to_string(choice.patience.count()) + " for each of " +
                           std::to_string(order.size()) + " providers, and timeout_ms is " +
                           std::to_string(stage_patience.count()));
}

// `stage_patience`: how long the conversation waits for the stage as a whole.
template <class Settings>
void read_provider_choice(ConfigSection stage, Settings (*read)(ConfigSection&), Milliseconds stage_patience,
                          ProviderChoice<Settings>& choice) {
  std::vector<std::string> names{std::string(kLocalProvider)};
  std::vector<std::string> fallback;
  stage.read("selected", names.front());
  stage.read("fallback", fallback);
  const std::vector<std::string> given = stage.children();
  choice.patience_given = std::ranges::find(given, "provider_timeout_ms") != given.end();
  choice.timeout_given = std::ranges::find(given, "timeout_ms") != given.end();
  stage.read("provider_timeout_ms", choice.patience, {100, 120'000});
  names.insert(names.end(), fallback.begin(), fallback.end());

  ConfigSection providers = stage.section("providers");
  for (const std::string& name : providers.children()) {
    if (name == kLocalProvider)
      providers.problem(name, "is the name of the embedded engine; choose another one");
    ConfigSection section = providers.section(name);
    choice.known.emplace(name, read(section));
  }
  choice.order = checked_order(stage, {"selected", "fallback"}, names, choice);
  if (choice.timeout_given)
    check_patience(stage, "provider_timeout_ms", choice.order, choice, stage_patience);
}

}  // namespace earshot::worker
