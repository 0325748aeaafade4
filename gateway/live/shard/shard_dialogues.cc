// What a Shard's devices said in earlier sessions: kept when one ends, given to the next one, and forgotten
// (docs/decisions/0020).
#include <string>
#include <utility>

#include "common/log/log.h"
#include "gateway/live/shard/shard.h"

namespace earshot::gateway {

void Shard::handle_forget_dialogue(const DeviceId& device) {
  check_thread();
  Session* const session = table_.find(device);
  if (session != nullptr) session->forget_dialogue();
  if (earlier_.forget(device) || session != nullptr) note_change(device);
}

// The user wants everything forgotten: what he said in this session, too.
void Shard::note_forgetting(const DeviceId& device, const ipc::MemoryUp& wanted) {
  if (wanted.change().everything()) handle_forget_dialogue(device);
}

void Shard::keep_dialogue(const Session& session, SteadyTime now) {
  keep_earlier({.device = session.device(),
                .agent = session.agent(),
                .checkpoint = config_.session.resume_within.count() > 0 ? session.dialogue() : std::string(),
                .ended = now});
  note_change(session.device());
}

// What has to make room goes from the disk, too.
void Shard::keep_earlier(EarlierDialogues::Dialogue dialogue) {
  for (const DeviceId& device : earlier_.keep(std::move(dialogue))) note_change(device);
}

void Shard::resume_dialogue(Session& session, SteadyTime now) {
  auto earlier = earlier_.take(session.device(), session.agent(), config_.session.resume_within, now);
  if (!earlier) return;
  session.resume(std::move(earlier->checkpoint),
                 std::chrono::duration_cast<Milliseconds>(now - earlier->ended));
}

// A worker took it: it is new, or moved, or comes from the gateway before.
void Shard::on_placed(Ssrc ssrc, const std::string& worker, WorkerLeg leg) {
  const SteadyTime now = std::chrono::steady_clock::now();
  if (recitals_.has(ssrc)) return recitals_.placed(ssrc);
  if (calls_.has(ssrc)) return calls_.placed(ssrc, now);
  Session& session = *table_.find(ssrc);
  const bool moved = session.moving();
  session.opened(leg, now);
  Talk& talk = talks_.at(session.device());
  const bool is_new = std::exchange(talk.worker, worker).empty();
  if (talk.is_logged) {
    const auto pause = session.resumed_after();
    log::logger("shard").info(
        "session {} session={} device={} worker={} shard={}{}", moved ? "moved" : "opened", session.id().text,
        session.device().text(), worker, config_.index,
        pause && !moved ? " resumed_after_ms=" + std::to_string(pause->count()) : std::string());
  }
  if (observer_ != nullptr && is_new) {
    observer_->session_opened(session.device(), session.id(), worker);
  } else if (observer_ != nullptr) {
    observer_->session_moved(session.device(), session.id(), worker);
  }
  settle(session);
}

}  // namespace earshot::gateway
