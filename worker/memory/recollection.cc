#include "worker/memory/recollection.h"

#include <algorithm>
#include <utility>

namespace earshot::worker {

Recollection::Recollection(MemoryLevel level, std::string agent, ZoneOffset offset,
                           std::function<void(ipc::MemoryUp)> send, LoreRules lore)
    : level_(level),
      agent_(std::move(agent)),
      offset_(std::move(offset)),
      send_(std::move(send)),
      facts_([this](const FactChange& change) { tell(change); }),
      lore_(lore) {}

void Recollection::open() {
  if (!learns()) return;
  ipc::MemoryUp up = message();
  up.mutable_open();
  send_(std::move(up));
}

// Times that have not begun hold nothing that was said.
void Recollection::ask(const std::string& words, std::int64_t wall_ms, SteadyTime now) {
  if (!asks() || words.empty() || (words == words_ && last_id_ > 0)) return;
  const LocalSeconds local = local_time_of(wall_ms, offset_);
  TimeWords times = time_words(words, local);
  std::erase_if(times.ranges, [&](const TimeRange& range) { return range.from > local; });
  words_ = words;
  ranges_ = std::move(times.ranges);
  found_.clear();
  passages_.clear();
  ipc::MemoryUp up = message();
  ipc::MemoryUp::Ask& ask = *up.mutable_ask();
  ask.set_id(++last_id_);
  ask.set_words(times.rest);
  ask.set_only_passages(!on());
  if (lore_.depth > 0) {
    ipc::MemoryUp::Passages& passages = *ask.mutable_passages();
    passages.set_most(static_cast<std::uint32_t>(lore_.depth));
    passages.set_threshold_permille(static_cast<std::uint32_t>(lore_.threshold * 1000));
    passages.set_words(words);
  }
  for (const TimeRange& range : ranges_) {
    ipc::MemoryRange& asked = *ask.add_ranges();
    asked.set_from_ms(unix_ms_of(range.from, offset_));
    asked.set_until_ms(unix_ms_of(range.until, offset_));
  }
  waiting_ = true;
  give_up_ = now + kPatience;
  send_(std::move(up));
}

bool Recollection::take(const ipc::MemoryDown& down) {
  constexpr int kMaxTaken = 16;  // of what a gateway sends
  if (down.has_found() && down.found().id() == last_id_ && waiting_) {
    waiting_ = false;
    for (int i = 0; i < std::min(down.found().records_size(), kMaxTaken); ++i) {
      const ipc::MemoryDown::Record& record = down.found().records(i);
      found_.push_back({.at_ms = record.at_ms(), .words = record.words(), .reply = record.reply()});
    }
    for (int i = 0; i < std::min(down.found().passages_size(), lore_.depth); ++i) {
      const ipc::MemoryDown::Passage& passage = down.found().passages(i);
      passages_.push_back({.title = passage.title(), .text = passage.text()});
    }
  }
  if (!down.has_known()) return false;
  const auto knows = [this] { return !facts_.facts().empty() || !summaries_.empty(); };
  const bool knew = knows();
  std::vector<KnownFact> facts;
  for (const ipc::MemoryDown::Fact& fact : down.known().facts()) {
    if (facts.size() == FactBook::kMaxFacts) break;
    facts.push_back({.id = fact.id(), .at_ms = fact.at_ms(), .text = fact.text()});
  }
  facts_.restore(std::move(facts));
  summaries_.clear();
  for (int i = 0; i < std::min(down.known().summaries_size(), kMaxTaken); ++i) {
    const ipc::MemoryDown::Summary& summary = down.known().summaries(i);
    summaries_.push_back({.at_ms = summary.at_ms(), .words = summary.text(), .reply = {}});
  }
  const bool forgotten = knew && !knows();
  if (forgotten) found_.clear();
  return forgotten;
}

std::string Recollection::text(std::int64_t wall_ms) const {
  std::string text = lore_text(passages_);
  if (!on()) return text;
  const std::string memory =
      memory_text({.facts = facts_.facts(), .summaries = summaries_, .said = found_, .asked = ranges_},
                  words_, local_time_of(wall_ms, offset_), offset_);
  if (!text.empty() && !memory.empty()) text += '\n';
  return text + memory;
}

void Recollection::keep(std::int64_t at_ms, const std::string& words, const std::string& reply) {
  const bool is_turn = asks() && !words.empty();
  if (is_turn) words_.clear();
  if (!on() || !is_turn) return;
  ipc::MemoryUp up = message();
  ipc::MemoryUp::Turn& turn = *up.mutable_turn();
  turn.set_at_ms(at_ms);
  turn.set_words(words);
  turn.set_reply(reply);
  send_(std::move(up));
}

ipc::MemoryUp Recollection::message() const {
  ipc::MemoryUp up;
  up.set_agent(agent_);
  return up;
}

void Recollection::tell(const FactChange& change) {
  ipc::MemoryUp up = message();
  ipc::MemoryUp::Change& told = *up.mutable_change();
  for (const std::string& fact : change.learnt) told.add_learnt(fact);
  for (const std::uint64_t id : change.forgotten) told.add_forgotten(id);
  told.set_summary(change.summary);
  told.set_everything(change.everything);
  send_(std::move(up));
}

}  // namespace earshot::worker
