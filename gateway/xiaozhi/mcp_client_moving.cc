// What an McpClient keeps for a worker that goes on with another's conversation: no tool is called twice.
#include <algorithm>
#include <utility>

#include "gateway/xiaozhi/mcp_client.h"

namespace earshot::gateway {

namespace {

constexpr auto of_worker = [](const auto& one) { return one.asker == McpAsker::kWorker; };

}  // namespace

void McpClient::settled(std::int64_t id) {
  std::erase_if(answered_, [&](const Answered& one) {
    const bool over = !one.orphan && one.id <= id;
    if (over) answered_bytes_ -= one.bytes;
    return over;
  });
}

void McpClient::worker_gone(std::int64_t settled_id, SteadyTime now) {
  settled(settled_id);
  for (Answered& one : answered_) {
    if (!one.orphan) one.until = now + kOrphanLife;
    one.orphan = true;
  }
  lane(McpAsker::kWorker) = {};
  std::erase_if(list_waiters_, of_worker);
  initialize_waiters_.clear();
  std::erase_if(output_.answers, of_worker);
  const auto orphan = [&](Sent& one) {
    if (one.what != What::kRequest || one.asker != McpAsker::kWorker) return;
    if (one.id <= settled_id) one.wanted = false;
    one.orphan = true;
  };
  if (on_wire_) orphan(*on_wire_);
  for (Sent& one : late_) orphan(one);
}

// RETURNS: whether the worker before has asked for the same.
bool McpClient::take_over(const McpRequest& request, SteadyTime now) {
  if (request.method != "tools/call") return false;
  const std::string call = json::serialize(request.params);
  const auto known = std::ranges::find_if(
      answered_, [&](const Answered& one) { return one.orphan && one.call == call && now < one.until; });
  if (known != answered_.end()) {
    counters_.add(McpEvent::kCallTakenOver);
    known->orphan = false;
    known->id = request.id;
    answer(McpAsker::kWorker, request.id, known->outcome);
    return true;
  }
  const auto adopt = [&](Sent& one) {
    if (!one.orphan || !one.wanted || one.call != call) return false;
    counters_.add(McpEvent::kCallTakenOver);
    one.orphan = false;
    one.id = request.id;
    one.deadline = request.deadline;
    return true;
  };
  if (on_wire_ && adopt(*on_wire_)) return true;
  return std::ranges::any_of(late_, adopt);
}

void McpClient::answer_call(const Sent& sent, decltype(McpAnswer::outcome) outcome, SteadyTime now) {
  if (!sent.wanted) return;
  if (!sent.call.empty()) {
    const auto* const reply = std::get_if<json::object>(&outcome);
    const std::size_t bytes = sent.call.size() + (reply == nullptr ? 0 : json::serialize(*reply).size());
    answered_bytes_ += bytes;
    answered_.push_back({.id = sent.id,
                         .orphan = sent.orphan,
                         .until = sent.orphan ? now + kOrphanLife : SteadyTime::max(),
                         .call = sent.call,
                         .bytes = bytes,
                         .outcome = outcome});
    while (answered_.size() > limits_.answered || answered_bytes_ > limits_.answered_bytes) {
      answered_bytes_ -= answered_.front().bytes;
      answered_.erase(answered_.begin());
    }
  }
  if (!sent.orphan) answer(sent.asker, sent.id, std::move(outcome));
}

}  // namespace earshot::gateway
