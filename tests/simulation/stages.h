// The services of a simulated worker: each hears, thinks and speaks for real, takes its time, and fails as often as
// the world wants. What the user asked in a tone is transcribed as "question 3"; the answer to it is said in the same
// tone.
//
// Runs on: the timeline.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/chance.h"
#include "tests/simulation/timeline.h"
#include "worker/stages/asr.h"
#include "worker/stages/llm.h"
#include "worker/stages/tts.h"

namespace earshot::simulation {

struct ServiceFaults {
  double asr_fails = 0;  // percent, each
  double asr_rejects = 0;
  double asr_is_late = 0;  // beyond all patience
  double llm_fails = 0;
  double llm_breaks_off = 0;  // behind its first sentence
  double llm_hangs = 0;
  double llm_calls_tool = 0;
  double tts_fails = 0;
  double tts_hangs = 0;
  double slow = 0;  // any of them takes seconds instead of tenths
};

// The number behind the last "question " or "Answer " of a text.
std::optional<int> number_in(const std::string& text);

class SimulatedAsr final : public worker::AsrProvider {
 public:
  SimulatedAsr(Timeline& timeline, Chance& chance, const ServiceFaults& faults)
      : timeline_(timeline), chance_(chance), faults_(faults) {}
  std::unique_ptr<worker::AsrStream> open(const worker::AsrRequest& request, Executor executor,
                                          worker::AsrCallbacks callbacks) override;

 private:
  class Stream;
  Timeline& timeline_;
  Chance& chance_;
  const ServiceFaults& faults_;
};

class SimulatedBrain final : public worker::LlmProvider {
 public:
  using Asked = std::function<void(const worker::LlmRequest&)>;
  SimulatedBrain(Timeline& timeline, Chance& chance, const ServiceFaults& faults, Asked asked)
      : timeline_(timeline), chance_(chance), faults_(faults), asked_(std::move(asked)) {}
  std::unique_ptr<worker::LlmStream> chat(worker::LlmRequest request, Executor executor,
                                          worker::LlmCallbacks callbacks) override;

 private:
  Timeline& timeline_;
  Chance& chance_;
  const ServiceFaults& faults_;
  Asked asked_;
};

class SimulatedTts final : public worker::TtsProvider {
 public:
  SimulatedTts(Timeline& timeline, Chance& chance, const ServiceFaults& faults)
      : timeline_(timeline), chance_(chance), faults_(faults) {}
  std::unique_ptr<worker::TtsStream> synthesize(const worker::TtsRequest& request, Executor executor,
                                                worker::TtsCallbacks callbacks) override;

 private:
  Timeline& timeline_;
  Chance& chance_;
  const ServiceFaults& faults_;
};

}  // namespace earshot::simulation
