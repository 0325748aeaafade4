#include "gateway/control/memory/memory_keeper.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/json/json.h"
#include "common/log/log.h"
#include "gateway/store/lore_choice.h"

namespace earshot::gateway {

namespace {

constexpr std::size_t kForgetSlice = 200;  // some milliseconds of the writer's time

store::WallTime memory_time(std::int64_t ms) {
  return store::WallTime(Milliseconds(ms));
}

store::MemoryRepository& repository(store::Store& store) {
  store::MemoryRepository* const memory = store.memory();
  if (memory == nullptr) throw store::StoreError(ErrorCode::kNotFound, "this store remembers nothing");
  return *memory;
}

struct KnownMemory {
  std::vector<store::MemoryFact> facts;
  std::vector<store::MemorySummary> summaries;
};

ipc::MemoryDown told(const KnownMemory& memory, const SessionId& session) {
  ipc::MemoryDown down;
  ipc::MemoryDown::Known& known = *down.mutable_known();
  for (const store::MemoryFact& one : memory.facts) {
    ipc::MemoryDown::Fact& fact = *known.add_facts();
    fact.set_id(one.id);
    fact.set_at_ms(one.learnt.time_since_epoch().count());
    fact.set_text(one.text);
  }
  for (const store::MemorySummary& one : memory.summaries) {
    if (one.session == session.text) continue;  // its own the conversation knows best
    ipc::MemoryDown::Summary& summary = *known.add_summaries();
    summary.set_at_ms(one.at.time_since_epoch().count());
    summary.set_text(one.text);
  }
  return down;
}

struct Answered {
  std::vector<store::MemoryTurn> turns{};
  std::vector<store::FoundPassage> passages{};
};

// Of the agent's documents.
struct PassageQuery {
  std::string words{};
  double threshold = 0;
  std::size_t most = 0;
};

std::vector<store::FoundPassage> passages_for(store::Store& store, std::string_view agent,
                                              const PassageQuery& query) {
  // So many are looked at, since those with most words in common need not hold most of the question.
  constexpr std::size_t kLookedAt = 24;
  if (query.most == 0 || store.lore() == nullptr) return {};
  return store::chosen_passages(query.words, store.lore()->find(agent, query.words, kLookedAt),
                                query.threshold, query.most);
}

ipc::MemoryDown told(std::uint64_t id, const Answered& answer) {
  ipc::MemoryDown down;
  ipc::MemoryDown::Found& found = *down.mutable_found();
  found.set_id(id);
  for (const store::MemoryTurn& turn : answer.turns) {
    ipc::MemoryDown::Record& record = *found.add_records();
    record.set_at_ms(turn.at.time_since_epoch().count());
    record.set_words(turn.words);
    record.set_reply(turn.reply);
  }
  for (const store::FoundPassage& one : answer.passages) {
    ipc::MemoryDown::Passage& passage = *found.add_passages();
    passage.set_title(one.title);
    passage.set_text(one.passage.text);
  }
  return down;
}

}  // namespace

MemoryKeeper::MemoryKeeper(Executor executor, store::StoreProxy& store, const Clock& clock,
                           std::size_t keep_turns, Tell tell)
    : executor_(std::move(executor)),
      store_(store),
      clock_(clock),
      keep_turns_(keep_turns),
      tell_(std::move(tell)) {}

void MemoryKeeper::wanted(const DeviceId& device, const SessionId& session, const ipc::MemoryUp& up) {
  const store::MemoryOwner owner{device, json::clean_text(up.agent(), 64)};
  if (up.what_case() == ipc::MemoryUp::WHAT_NOT_SET) return;
  if (!enter(device, up.has_change() ? kMaxWaiting : kMaxWaitingOfDevice))
    return counters_.add(MemoryEvent::kDropped);
  switch (up.what_case()) {
    case ipc::MemoryUp::kOpen:
      listeners_.insert_or_assign(device, Listener{session, owner.agent});
      return tell_known(owner, session);
    case ipc::MemoryUp::kAsk:
      return answer(owner, session, up.ask());
    case ipc::MemoryUp::kTurn:
      return keep(owner, up.turn());
    case ipc::MemoryUp::kChange:
      return change(owner, session, up.change());
    case ipc::MemoryUp::WHAT_NOT_SET:
      return;
  }
}

void MemoryKeeper::session_closed(const DeviceId& device, const SessionId& session) {
  const auto found = listeners_.find(device);
  if (found != listeners_.end() && found->second.session == session) listeners_.erase(found);
}

void MemoryKeeper::changed(const DeviceId& device) {
  const auto found = listeners_.find(device);
  if (found == listeners_.end() || !enter(device)) return;
  tell_known({device, found->second.agent}, found->second.session);
}

void MemoryKeeper::forget(const DeviceId& device, std::function<void(Status)> done) {
  counters_.add(MemoryEvent::kForgotten);
  forget_some(device, std::move(done));
}

void MemoryKeeper::forget_removed(const DeviceId& device) {
  counters_.add(MemoryEvent::kForgotten);
  begin_forgetting(device);
}

void MemoryKeeper::retry() {
  for (const DeviceId& device : std::exchange(unforgotten_, {})) begin_forgetting(device);
}

void MemoryKeeper::begin_forgetting(const DeviceId& removed) {
  forget_some(removed, [this, removed](const Status& done) {
    if (done) return;
    log::logger("memory").warn("a removed device is not forgotten yet device={} error={}", removed.text(),
                               done.error().message);
    unforgotten_.insert(removed);
  });
}

void MemoryKeeper::keep(const store::MemoryOwner& owner, const ipc::MemoryUp::Turn& turn) {
  counters_.add(MemoryEvent::kTurn);
  store::MemoryTurn kept{.at = memory_time(turn.at_ms()),
                         .words = json::clean_text(turn.words(), kMaxWordsBytes),
                         .reply = json::clean_text(turn.reply(), kMaxReplyBytes)};
  store_.write(
      executor_,
      [owner, kept = std::move(kept), keep = keep_turns_](store::Store& store) {
        repository(store).add(owner, kept, keep);
      },
      [this, device = owner.device, alive = alive_](const Status& status) {
        if (!*alive) return;
        leave(device);
        if (!status) counters_.add(MemoryEvent::kFailed);
      });
}

void MemoryKeeper::answer(const store::MemoryOwner& owner, const SessionId& session,
                          const ipc::MemoryUp::Ask& ask) {
  counters_.add(MemoryEvent::kAsked);
  store::MemoryQuery query{.words = json::clean_text(ask.words(), kMaxWordsBytes), .limit = kMaxRecords};
  for (const ipc::MemoryRange& range : ask.ranges()) {
    if (query.ranges.size() == kMaxRanges) break;
    query.ranges.push_back({memory_time(range.from_ms()), memory_time(range.until_ms())});
  }
  PassageQuery passages{.words = json::clean_text(ask.passages().words(), kMaxWordsBytes),
                        .threshold = ask.passages().threshold_permille() / 1000.0,
                        .most = std::min<std::size_t>(ask.passages().most(), kMaxRecords)};
  store_.read(
      executor_,
      [owner, query = std::move(query), passages = std::move(passages),
       turns_wanted = !ask.only_passages()](store::Store& store) {
        Answered answer;
        if (turns_wanted) answer.turns = repository(store).find(owner, query);
        answer.passages = passages_for(store, owner.agent, passages);
        return answer;
      },
      [this, device = owner.device, session, id = ask.id(), alive = alive_](const Result<Answered>& found) {
        if (!*alive) return;
        leave(device);
        if (!found) counters_.add(MemoryEvent::kFailed);
        tell_(device, session, told(id, found ? *found : Answered()));
      });
}

void MemoryKeeper::change(const store::MemoryOwner& owner, const SessionId& session,
                          const ipc::MemoryUp::Change& change) {
  counters_.add(MemoryEvent::kChanged);
  store::MemoryChange made{.learnt = {},
                           .forgotten = {change.forgotten().begin(), change.forgotten().end()},
                           .everything = change.everything()};
  for (const std::string& text : change.learnt()) {
    if (made.learnt.size() == kMaxLearnt) break;
    if (std::string fact = json::clean_text(text, kMaxFactBytes); !fact.empty()) made.learnt.push_back(fact);
  }
  if (made.forgotten.size() > store::MemoryRepository::kMaxFacts)
    made.forgotten.resize(store::MemoryRepository::kMaxFacts);
  const store::WallTime now = std::chrono::floor<Milliseconds>(clock_.wall());
  const store::MemorySummary summary{
      .session = session.text, .at = now, .text = json::clean_text(change.summary(), kMaxSummaryBytes)};
  store_.write(
      executor_,
      [owner, made = std::move(made), summary, now](store::Store& store) {
        store::MemoryRepository& memory = repository(store);
        memory.change(owner, made, now);
        if (!summary.text.empty()) memory.put_summary(owner, summary);
        return KnownMemory{memory.facts(owner), memory.summaries(owner)};
      },
      [this, owner, session, everything = change.everything(),
       alive = alive_](const Result<KnownMemory>& known) {
        if (!*alive) return;
        if (known && everything) {
          forget_diary(owner);
        } else {
          leave(owner.device);
        }
        if (!known) return counters_.add(MemoryEvent::kFailed);
        tell_(owner.device, session, told(*known, session));
      });
}

// As forget_some().
// REQUIRES: enter().
void MemoryKeeper::forget_diary(const store::MemoryOwner& owner) {
  store_.write(
      executor_, [owner](store::Store& store) { return repository(store).forget_turns(owner, kForgetSlice); },
      [this, owner, alive = alive_](const Result<std::size_t>& removed) {
        if (!*alive) return;
        if (removed && *removed > 0) return forget_diary(owner);
        leave(owner.device);
        if (!removed) counters_.add(MemoryEvent::kFailed);
      });
}

// REQUIRES: enter().
void MemoryKeeper::tell_known(const store::MemoryOwner& owner, const SessionId& session) {
  store_.read(
      executor_,
      [owner](store::Store& store) {
        store::MemoryRepository& memory = repository(store);
        return KnownMemory{memory.facts(owner), memory.summaries(owner)};
      },
      [this, device = owner.device, session, alive = alive_](const Result<KnownMemory>& known) {
        if (!*alive) return;
        leave(device);
        if (!known) return counters_.add(MemoryEvent::kFailed);
        tell_(device, session, told(*known, session));
      });
}

// In slices, so that others have their turn between them. The device's number of slices is bounded by what it has.
void MemoryKeeper::forget_some(const DeviceId& device, std::function<void(Status)> done) {
  store_.write(
      executor_,
      [device](store::Store& store) {
        const std::size_t turns =
            store.memory() == nullptr ? 0 : store.memory()->forget(device, kForgetSlice);
        return turns + store.conversations().remove_of(device, kForgetSlice - std::min(turns, kForgetSlice));
      },
      [this, device, done = std::move(done), alive = alive_](const Result<std::size_t>& removed) mutable {
        if (!*alive) return;
        if (!removed) {
          counters_.add(MemoryEvent::kFailed);
          return done(removed.error());
        }
        if (*removed > 0) return forget_some(device, std::move(done));
        changed(device);
        done(kDone);
      });
}

bool MemoryKeeper::enter(const DeviceId& device, std::size_t most) {
  if (waiting_in_all_ >= kMaxWaiting) return false;
  std::size_t& of_device = waiting_[device];
  if (of_device >= most) return false;
  ++of_device;
  ++waiting_in_all_;
  return true;
}

void MemoryKeeper::leave(const DeviceId& device) {
  const auto found = waiting_.find(device);
  if (found == waiting_.end()) return;
  --waiting_in_all_;
  if (--found->second == 0) waiting_.erase(found);
}

}  // namespace earshot::gateway
