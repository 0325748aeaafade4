// A service's RefusedOptions at work: requests go out without what it refused before, and once more without what
// it refuses now. Each such finding is one line in the log.
//
// Runs on: the I/O thread of the ProviderContext.
// Borrows: the clock.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/json/json.h"
#include "worker/providers/llm/http_reply.h"
#include "worker/providers/llm/refused_options.h"

namespace earshot::worker {

class OptionMemory : public std::enable_shared_from_this<OptionMemory> {
 public:
  OptionMemory(std::string label, const Clock& clock) : label_(std::move(label)), clock_(clock) {}

  // Makes `body` the body of `call`, and `plan` send it.
  void send(json::object body, HttpCall call, HttpReplyPlan& plan);
  std::vector<std::string> left_out() const { return refused_.left_out(clock_.now()); }

 private:
  std::string label_;
  const Clock& clock_;
  RefusedOptions refused_;
};

}  // namespace earshot::worker
