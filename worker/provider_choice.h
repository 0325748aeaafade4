// Which providers a stage uses: those that the file names, which one is selected, and what replaces it.
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
  struct Named {
    std::string name;
    Settings settings;
  };
  std::vector<Named> order;  // the selected one and its fallbacks, without `local`; empty: only `local`
  Milliseconds patience{3000};
};

// `stage_patience`: how long the conversation waits for the stage as a whole.
template <class Settings>
void read_provider_choice(ConfigSection stage, Settings (*read)(ConfigSection&), Milliseconds stage_patience,
                          ProviderChoice<Settings>& choice) {
  std::vector<std::string> names{std::string(kLocalProvider)};
  std::vector<std::string> fallback;
  stage.read("selected", names.front());
  stage.read("fallback", fallback);
  stage.read("provider_timeout_ms", choice.patience, {100, 120'000});
  names.insert(names.end(), fallback.begin(), fallback.end());

  std::map<std::string, Settings> known;
  ConfigSection providers = stage.section("providers");
  for (const std::string& name : providers.children()) {
    if (name == kLocalProvider)
      providers.problem(name, "is the name of the embedded engine; choose another one");
    ConfigSection section = providers.section(name);
    known.emplace(name, read(section));
  }

  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string& name = names[i];
    const std::string_view key = i == 0 ? "selected" : "fallback";
    const auto found = known.find(name);
    if (name == kLocalProvider) {
      if (i + 1 < names.size())
        stage.problem("fallback", "names providers behind 'local', which is always the last");
    } else if (found == known.end()) {
      stage.problem(key, "names '" + name + "', which is not among the providers of this stage");
    } else if (std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), name) !=
               names.begin() + static_cast<std::ptrdiff_t>(i)) {
      stage.problem(key, "names '" + name + "' twice");
    } else {
      choice.order.push_back({.name = name, .settings = found->second});
    }
  }
  const auto needed = choice.patience * static_cast<std::int64_t>(choice.order.size());
  if (!choice.order.empty() && needed >= stage_patience) {
    stage.problem("provider_timeout_ms",
                  "leaves the last fallback no time: it is " + std::to_string(choice.patience.count()) +
                      " for each of " + std::to_string(choice.order.size()) +
                      " providers, and timeout_ms is " + std::to_string(stage_patience.count()));
  }
}

}  // namespace earshot::worker
