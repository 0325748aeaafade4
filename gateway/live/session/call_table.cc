#include "gateway/live/session/call_table.h"

namespace earshot::gateway {

std::optional<Ssrc> CallTable::begin_call(Call& call, const ipc::SessionOpen& open, SteadyTime now) {
  if (stopped_ || calls_.size() >= kMaxCalls) return std::nullopt;
  do {
    last_ = last_ >= kLastDevicelessSsrc ? kLastRecitalSsrc + 1 : last_ + 1;
  } while (calls_.contains(Ssrc{last_}));
  const Ssrc ssrc{last_};
  calls_.emplace(ssrc, Entry{.call = &call, .deadline = std::nullopt});
  doors_.open(ssrc, open, now);
  return ssrc;
}

void CallTable::call_says(Ssrc ssrc, ipc::Envelope& envelope) {
  envelope.set_session(number(ssrc));
  doors_.send(envelope);
}

void CallTable::call_sends_audio(Ssrc ssrc, ipc::Envelope& audio) {
  audio.set_session(number(ssrc));
  doors_.send_audio(audio);
}

void CallTable::call_touched(Ssrc ssrc) {
  const auto found = calls_.find(ssrc);
  if (found == calls_.end()) return;
  const auto next = found->second.call->next_deadline();
  if (found->second.deadline == next) return;
  if (found->second.deadline) deadlines_.erase({*found->second.deadline, ssrc});
  found->second.deadline = next;
  if (next) deadlines_.emplace(*next, ssrc);
}

void CallTable::end_call(Ssrc ssrc, std::string_view reason) {
  if (!has(ssrc)) return;
  take(ssrc);
  doors_.close(ssrc, reason);
}

bool CallTable::caller_came(std::shared_ptr<Caller> caller) {
  if (stopped_) return false;
  const Caller* const key = caller.get();
  callers_.emplace(key, std::move(caller));
  return true;
}

void CallTable::caller_left(const Caller& caller) {
  callers_.erase(&caller);
}

void CallTable::stop(std::string_view reason) {
  stopped_ = true;
  for (const auto& [key, caller] : std::exchange(callers_, {})) caller->hang_up(reason);
}

void CallTable::placed(Ssrc ssrc, SteadyTime now) {
  calls_.at(ssrc).call->placed(now);
  call_touched(ssrc);
}

void CallTable::given_up(Ssrc ssrc, SteadyTime now) {
  Call& call = take(ssrc);
  doors_.close(ssrc, "no worker");
  call.given_up(now);
}

void CallTable::lost(Ssrc ssrc, SteadyTime now) {
  Call& call = take(ssrc);
  doors_.close(ssrc, "worker lost");
  call.lost(now);
}

// It has missed something that cannot be told again.
void CallTable::overflown(Ssrc ssrc, SteadyTime now) {
  Call& call = take(ssrc);
  doors_.close(ssrc, "more waits for its worker than a session may hold");
  call.lost(now);
}

void CallTable::envelope(const ipc::Envelope& envelope, SteadyTime now) {
  const Ssrc ssrc{envelope.session()};
  calls_.at(ssrc).call->envelope(envelope, now);
  call_touched(ssrc);
}

void CallTable::audio(const ipc::AudioDownView& audio, SteadyTime now) {
  const Ssrc ssrc{audio.session};
  calls_.at(ssrc).call->audio(audio, now);
  call_touched(ssrc);
}

void CallTable::tick(SteadyTime now) {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    const auto [when, ssrc] = *deadlines_.begin();
    deadlines_.erase(deadlines_.begin());
    Entry& entry = calls_.at(ssrc);
    entry.deadline.reset();
    entry.call->tick(now);
    call_touched(ssrc);
    // A deadline that stays in the past would keep this round from ending.
    if (const auto again = calls_.find(ssrc);
        again != calls_.end() && again->second.deadline && *again->second.deadline <= now)
      return;
  }
}

Call& CallTable::take(Ssrc ssrc) {
  const auto found = calls_.find(ssrc);
  Call& call = *found->second.call;
  if (found->second.deadline) deadlines_.erase({*found->second.deadline, ssrc});
  calls_.erase(found);
  return call;
}

}  // namespace earshot::gateway
