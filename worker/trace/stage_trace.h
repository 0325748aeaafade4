// Who served one stage of a turn, and who failed before. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "worker/stages/provider_note.h"

namespace earshot::worker {

struct StageTrace {
  static constexpr std::size_t kMaxFailed = 16;  // more are left out
  struct Failed {
    std::string provider;
    ErrorCode why = ErrorCode::kInternal;
  };

  std::string provider;            // the latest at work; empty: none was told
  std::vector<Failed> failed;      // those before it
  std::optional<ErrorCode> error;  // the stage gave up

  void note(const ProviderNote& served) {
    provider = served.name;
    if (served.replaced && failed.size() < kMaxFailed)
      failed.push_back({.provider = served.replaced->name, .why = served.replaced->why});
  }
};

// What hearing knows of one utterance.
struct UtteranceTimes {
  SteadyTime speech_ended{};  // arrival of the last voiced frame
  SteadyTime due{};           // when the silence behind it was long enough
  SteadyTime asked{};         // the recogniser was told to decide
  SteadyTime decided{};       // ... and did
  Milliseconds speech{0};     // voiced sound in it
  StageTrace recogniser;
};

}  // namespace earshot::worker
