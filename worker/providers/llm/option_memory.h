// A service's RefusedOptions at work: requests go out without what it refused before, and once more without what
// it refuses now. Each such finding is one line in the log.
// What a caller wished is his own: a request that is refused is sent again without it first, and nothing is learnt
// for others from a refusal in which a wish stood.
//
// Runs on: the I/O thread of the ProviderContext.
// Borrows: the clock.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/json/json.h"
#include "worker/providers/llm/http_reply.h"
#include "worker/providers/llm/refused_options.h"
#include "worker/stages/llm.h"

namespace earshot::worker {

// Could it change a request's body?
bool is_in_request(const LlmWish& wish);

class OptionMemory : public std::enable_shared_from_this<OptionMemory> {
 public:
  OptionMemory(std::string label, const Clock& clock) : label_(std::move(label)), clock_(clock) {}

  // Makes `body` the body of `call`, and `plan` send it. `plain`: the same without what the caller wishes;
  // nullopt: he wishes nothing.
  void send(json::object body, std::optional<json::object> plain, HttpCall call, HttpReplyPlan& plan);
  std::vector<std::string> left_out() const { return refused_.left_out(clock_.now()); }

 private:
  std::string label_;
  const Clock& clock_;
  RefusedOptions refused_;
};

}  // namespace earshot::worker
