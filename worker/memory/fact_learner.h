// Learns facts from a conversation while nobody waits for anything: asks the agent's own model about what was said.
//
// Runs on: the conversation's executor.
// Borrows: the brain and the facts, which outlive it.
// Lifecycle: made -> heard(), pause(), tick() -> close().
// It never stands in an answer's way: it begins when it has been quiet for kQuiet, is broken off by pause() (what it
// was asked about stays for later), and is given up after kPatience. With a service that keeps the dialogue itself it
// does nothing: it would speak into it.
// Bounded: the latest kMaxWaiting exchanges wait.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "worker/memory/fact_book.h"
#include "worker/memory/fact_extraction.h"
#include "worker/stages/llm.h"

namespace earshot::worker {

class FactLearner {
 public:
  static constexpr std::size_t kMaxWaiting = 6;
  static constexpr Milliseconds kQuiet{1500};
  static constexpr Milliseconds kPatience{30'000};

  // `facts`: nullptr: nothing is learnt. `today` names the day to the model.
  FactLearner(LlmProvider& brain, Executor executor, FactBook* facts, std::function<std::string()> today,
              std::function<std::int64_t()> wall_ms);
  ~FactLearner() { close(); }

  void heard(Exchange exchange, SteadyTime now);
  void pause(SteadyTime now);  // somebody speaks, or waits for an answer
  void tick(SteadyTime now);
  void forget();  // what it has heard and what it made of it: the user wants none of it known
  void close();

 private:
  void begin(SteadyTime now);
  void put_back();
  void on_done(const Status& status);

  LlmProvider& brain_;
  Executor executor_;
  FactBook* facts_;
  std::function<std::string()> today_;
  std::function<std::int64_t()> wall_ms_;
  std::deque<Exchange> waiting_;
  std::vector<Exchange> asked_;
  std::string summary_;
  SteadyTime quiet_since_{};
  SteadyTime give_up_{};
  std::unique_ptr<LlmStream> stream_;
  std::string answer_;
};

}  // namespace earshot::worker
