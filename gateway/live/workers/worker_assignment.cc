#include "gateway/live/workers/worker_assignment.h"

#include <algorithm>
#include <utility>

namespace earshot::gateway {

WorkerAssignment::WorkerAssignment(Executor executor, PlacementLimits limits, const WorkerLinkConfig& config,
                                   WorkerCounters& counters)
    : timer_(std::move(executor)), limits_(limits), config_(config), counters_(counters) {}

WorkerAssignment::~WorkerAssignment() {
  close();
}

void WorkerAssignment::start(Handlers handlers) {
  handlers_ = std::move(handlers);
}

void WorkerAssignment::add_link(ipc::Connection connection) {
  if (links_.size() >= kMaxLinks) return counters_.add(WorkerEvent::kTooManyLinks);
  const WorkerKey key{++last_key_};
  auto link = WorkerLink::create(std::move(connection), key, config_, counters_);
  links_.emplace(key, link);
  link->start({.on_up = [this](WorkerLink& from) { on_up(from); },
               .on_load =
                   [this](WorkerLink& from) {
                     pool_.heard(from.key());
                     pool_.set_load(from.key(), from.load().sessions(), from.load().busy_permille());
                     if (from.draining()) pool_.set_draining(from.key());
                   },
               .on_session = [this](WorkerLink& from, Ssrc ssrc,
                                    const ipc::Envelope& envelope) { on_session(from, ssrc, envelope); },
               .on_audio =
                   [this](WorkerLink&, const ipc::AudioDownView& audio) {
                     if (handlers_.on_audio) handlers_.on_audio(audio);
                   },
               .on_lost = [this](WorkerLink& from, const std::string&) { on_lost(from); },
               .on_report =
                   [this](WorkerLink&, const ipc::Envelope& envelope) {
                     if (handlers_.on_report) handlers_.on_report(envelope);
                   },
               .on_agents =
                   [this](WorkerLink& from, const ipc::AgentsAccepted& accepted) {
                     if (handlers_.on_agents) handlers_.on_agents(from.id(), accepted);
                   }});
}

void WorkerAssignment::open_session(Ssrc ssrc, const ipc::SessionOpen& open, SteadyTime now) {
  Entry& entry = *sessions_.emplace(
      ssrc, std::make_unique<Entry>(Placement(limits_, now), std::make_unique<ipc::SessionOpen>(open)));
  execute(ssrc, entry, entry.placement.start(pool_, now));
}

void WorkerAssignment::take_up_session(Ssrc ssrc, const ipc::SessionOpen& open, SteadyTime now) {
  PlacementLimits limits = limits_;
  limits.total_timeout = limits_.move_timeout;
  Entry& entry = *sessions_.emplace(
      ssrc, std::make_unique<Entry>(Placement(limits, now), std::make_unique<ipc::SessionOpen>(open), true));
  execute(ssrc, entry, entry.placement.start(pool_, now));
}

void WorkerAssignment::move_session(Ssrc ssrc, const ipc::SessionOpen& open, std::string_view reason,
                                    SteadyTime now) {
  Entry& entry = entry_of(ssrc);
  if (WorkerLink* link = link_of(ssrc); link != nullptr && link->sessions().contains(ssrc)) {
    link->close_session(ssrc, reason, true);
    pool_.session_removed(link->key());
  }
  PlacementLimits limits = limits_;
  limits.total_timeout = limits_.move_timeout;
  entry.placement = Placement(limits, now);
  entry.open = std::make_unique<ipc::SessionOpen>(open);
  entry.moves = true;
  execute(ssrc, entry, entry.placement.start(pool_, now));
}

bool WorkerAssignment::may_move(Ssrc ssrc) {
  const WorkerLink* const link = link_of(ssrc);
  return link != nullptr && pool_.has_room_beside(link->key());
}

void WorkerAssignment::close_session(Ssrc ssrc, std::string_view reason) {
  if (!sessions_.contains(ssrc)) return;
  if (WorkerLink* link = link_of(ssrc); link != nullptr && link->sessions().contains(ssrc)) {
    link->close_session(ssrc, reason);
    pool_.session_removed(link->key());
  }
  placing_.erase(ssrc);
  sessions_.erase(ssrc);
}

WorkerLeg WorkerAssignment::leg(Ssrc ssrc) {
  WorkerLink* const link = link_of(ssrc);
  return link == nullptr ? WorkerLeg() : WorkerLeg(*link, link->hands_over());
}

bool WorkerAssignment::drain(std::string_view worker) {
  bool known = false;
  for (const auto& [key, link] : links_) {
    if (!link->is_up() || link->id() != worker) continue;
    known = true;
    if (link->draining()) continue;
    link->drain();
    pool_.set_draining(key);
  }
  return known;
}

void WorkerAssignment::cut(const LinkKeys& keys) {
  const std::string before = std::exchange(authority_, keys.authority);
  const bool other_authority = !before.empty() && before != keys.authority;
  for (const auto& [key, link] : links_) {
    if (link->serial().empty()) continue;
    if (other_authority)
      link->cut("its authority is not ours any more");
    else if (keys.revoked.contains(link->serial()))
      link->cut("its certificate is revoked");
  }
}

void WorkerAssignment::set_agents(AgentParts parts) {
  agents_ = std::move(parts);
  for (const auto& [key, link] : links_) {
    if (link->is_up()) send_agents(*link);
  }
}

void WorkerAssignment::send_agents(WorkerLink& link) {
  const auto& parts = link.carries_secrets() ? agents_.whole : agents_.without_secrets;
  if (parts) link.send_agents(parts);
}

// A session that overflows is in the middle of something: it ends with the round.
void WorkerAssignment::end_overflown() {
  std::vector<Ssrc> overflown;
  for (const auto& [key, link] : links_) {
    for (const Ssrc ssrc : link->take_overflown()) overflown.push_back(ssrc);
  }
  for (const Ssrc ssrc : overflown) {
    if (!sessions_.contains(ssrc)) continue;
    counters_.add(WorkerEvent::kSessionOverflow);
    if (handlers_.on_overflow) handlers_.on_overflow(ssrc);
  }
}

void WorkerAssignment::flush() {
  end_overflown();
  for (const auto& [key, link] : links_) link->flush();
}

void WorkerAssignment::close() {
  *alive_ = false;
  handlers_ = {};
  timer_.cancel();
  for (auto& [key, link] : links_) link->close();
  links_.clear();
  sessions_ = {};
  placing_.clear();
}

std::vector<WorkerAssignment::Trouble> WorkerAssignment::troubles_of(const ipc::WorkerLoad& load) {
  std::vector<Trouble> troubles;
  for (int i = 0; i < std::min(load.troubles_size(), kMaxTroubles); ++i) {
    const ipc::ProviderTrouble& told = load.troubles(i);
    troubles.push_back({.stage = told.stage(),
                        .provider = told.provider(),
                        .state = told.state(),
                        .why = told.why(),
                        .failed_ago = Milliseconds(told.failed_ms_ago())});
  }
  return troubles;
}

std::vector<WorkerAssignment::WorkerView> WorkerAssignment::workers() const {
  std::vector<WorkerView> views;
  for (const auto& [key, link] : links_) {
    if (!link->is_up()) continue;
    views.push_back({.id = link->id(),
                     .version = link->hello().version(),
                     .capacity = link->hello().capacity(),
                     .sessions = static_cast<std::uint32_t>(link->sessions().size()),
                     .busy_permille = link->load().busy_permille(),
                     .draining = link->draining(),
                     .troubles = troubles_of(link->load())});
  }
  return views;
}

// REQUIRES: the session is known.
WorkerAssignment::Entry& WorkerAssignment::entry_of(Ssrc ssrc) {
  return **sessions_.find(ssrc);
}

WorkerLink* WorkerAssignment::link_of(Ssrc ssrc) {
  const auto* const entry = sessions_.find(ssrc);
  if (entry == nullptr || !(*entry)->placement.worker()) return nullptr;
  const auto link = links_.find(*(*entry)->placement.worker());
  return link == links_.end() ? nullptr : link->second.get();
}

void WorkerAssignment::on_up(WorkerLink& link) {
  pool_.add(link.key(), link.hello().capacity());
  send_agents(link);
  const SteadyTime now = std::chrono::steady_clock::now();
  const auto waiting = placing_;  // each step changes it
  for (const auto& [ssrc, deadline] : waiting) {
    Entry& entry = entry_of(ssrc);
    execute(ssrc, entry, entry.placement.on_worker_added(pool_, now));
  }
}

void WorkerAssignment::on_session(WorkerLink& link, Ssrc ssrc, const ipc::Envelope& envelope) {
  Entry& entry = entry_of(ssrc);
  if (envelope.has_session_opened()) {
    return execute(ssrc, entry, entry.placement.on_opened(link.key()));
  }
  if (envelope.has_session_refused()) {
    link.forget_session(ssrc);
    pool_.session_removed(link.key());
    // Refused after it was accepted: the worker does not have it, whatever it meant.
    if (entry.placement.settled()) return handlers_.on_lost(ssrc);
    return execute(ssrc, entry,
                   entry.placement.on_refused(link.key(), pool_, std::chrono::steady_clock::now()));
  }
  handlers_.on_envelope(ssrc, envelope);
}

void WorkerAssignment::on_lost(WorkerLink& link) {
  const SteadyTime now = std::chrono::steady_clock::now();
  const auto keep = links_.extract(link.key());
  pool_.remove(link.key());
  auto orphans = link.sessions();
  orphans.for_each([&](Ssrc ssrc, WorkerLink::Nothing&) {
    Entry& entry = entry_of(ssrc);
    // One that was asked to go on may have died of it: the session counts that.
    if (entry.placement.settled() || entry.moves)
      handlers_.on_lost(ssrc);
    else
      execute(ssrc, entry, entry.placement.on_lost(link.key(), pool_, now));
  });
}

void WorkerAssignment::execute(Ssrc ssrc, Entry& entry, Placement::Step step) {
  if (step.close) {
    if (const auto link = links_.find(*step.close); link != links_.end()) {
      link->second->close_session(ssrc, "no answer in time");
      pool_.session_removed(*step.close);
    }
  }
  while (step.open) {
    if (links_.at(*step.open)->open_session(ssrc, *entry.open)) {
      pool_.session_added(*step.open);
      break;
    }
    step = entry.placement.on_refused(*step.open, pool_, std::chrono::steady_clock::now());
  }
  if (entry.placement.settled()) {
    placing_.erase(ssrc);
    entry.open.reset();
  } else {
    placing_[ssrc] = entry.placement.next_deadline();
  }
  arm_timer();
  // Last: the handler may take the entry away.
  if (step.placed) {
    WorkerLink& link = *link_of(ssrc);
    handlers_.on_placed(ssrc, link.id(), WorkerLeg(link, link.hands_over()));
  }
  if (step.given_up) handlers_.on_given_up(ssrc);
}

void WorkerAssignment::arm_timer() {
  if (placing_.empty()) {
    armed_for_.reset();
    timer_.cancel();
    return;
  }
  const auto earliest = std::ranges::min_element(placing_, {}, [](const auto& item) { return item.second; });
  if (armed_for_ == earliest->second) return;
  armed_for_ = earliest->second;
  timer_.expires_at(earliest->second);
  timer_.async_wait([this, alive = alive_](error_code stopped) {
    if (!stopped && *alive) on_timer();
  });
}

void WorkerAssignment::on_timer() {
  armed_for_.reset();
  const SteadyTime now = std::chrono::steady_clock::now();
  const auto waiting = placing_;  // each step changes it
  for (const auto& [ssrc, deadline] : waiting) {
    if (deadline > now) continue;
    Entry& entry = entry_of(ssrc);
    execute(ssrc, entry, entry.placement.on_deadline(pool_, now));
  }
  arm_timer();
}

}  // namespace earshot::gateway
