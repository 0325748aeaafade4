// How long a stage may take in an agent's conversations, and each of its providers. Pure.
#pragma once

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "common/base/clock.h"
#include "worker/agents/provider_choice.h"
#include "worker/providers/fallback/fallback_chain.h"

namespace earshot::worker {

// What the embedded engine needs at the end of a stage's time: PocketSphinx has the whole utterance to read.
inline constexpr Milliseconds kEmbeddedTakes{1000};

// How long a provider waits by itself for a first sign of its service; 0: that is not settled.
template <class Settings>
Milliseconds own_deadline(const Settings& settings) {
  return std::visit(
      [](const auto& of_type) {
        if constexpr (requires { of_type.service.deadlines.first_byte; }) {
          return of_type.service.deadlines.first_byte;
        } else if constexpr (requires { of_type.deadlines.first_byte; }) {
          return of_type.deadlines.first_byte;
        } else if constexpr (requires { of_type.deadlines.first_audio; }) {
          return of_type.deadlines.connect + of_type.deadlines.first_audio;
        } else if constexpr (requires { of_type.timeouts.final; }) {
          return of_type.timeouts.final;
        } else {
          return Milliseconds(0);
        }
      },
      settings);
}

// What a stage may take in an agent's conversations, and of that the last one in front of the embedded engine.
struct StageTimes {
  Milliseconds stage;
  FallbackLimits limits;
};

// A timeout that is not in the file grows with what the chosen providers ask for themselves: a model that has to
// be loaded first takes its minute, and nothing that the embedded engine says in its place is an answer.
template <class Settings>
StageTimes stage_times(const std::vector<std::string>& order, const ProviderChoice<Settings>& choice,
                       Milliseconds timeout) {
  if (order.empty()) return {.stage = timeout, .limits = {.patience = choice.patience, .longest = timeout}};
  const Milliseconds before = choice.patience * static_cast<std::int64_t>(order.size() - 1);
  const Milliseconds own = std::max(choice.patience, own_deadline(choice.known.at(order.back())));
  const Milliseconds last = choice.patience_given ? choice.patience : own;
  if (!choice.timeout_given) timeout = std::max(timeout, before + last + kEmbeddedTakes);
  const Milliseconds left = std::max(timeout - before - kEmbeddedTakes, Milliseconds(1));
  return {.stage = timeout,
          .limits = {.patience = choice.patience, .longest = choice.patience_given ? choice.patience : left}};
}

}  // namespace earshot::worker
