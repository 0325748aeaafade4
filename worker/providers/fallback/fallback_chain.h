// The providers of one stage in the order in which they are tried. Shared by all its streams. Chains of the
// same stage (one for each agent) may share providers: then they share what is known of them as well.
//
// Runs on: any thread.
// Owns: the providers, with the chains that share them.
// Borrows: the clock, which outlives it.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/check.h"
#include "common/base/clock.h"
#include "worker/providers/fallback/provider_record.h"

namespace earshot::worker {

template <class Provider>
struct NamedProvider {
  std::string name;
  std::unique_ptr<Provider> provider;
  bool embedded = false;  // an engine of our own: no service that could be away
  Milliseconds own_deadline{
      0};  // how long the provider itself waits for a first sign of its service; 0: unknown
};

struct FallbackLimits {
  Milliseconds patience{5000};  // a provider that shows nothing for so long is replaced; not the last one
  // How long one in front of an embedded engine may take, which can do little of what a service can: as long as
  // it allows itself (own_deadline), but no longer than this.
  Milliseconds longest{5000};
};

template <class Provider>
struct ChainEntry {
  explicit ChainEntry(NamedProvider<Provider> named, BreakerLimits limits = {})
      : record(std::move(named.name), limits),
        provider(std::move(named.provider)),
        embedded(named.embedded),
        own_deadline(named.own_deadline) {}
  ProviderRecord record;
  std::unique_ptr<Provider> provider;
  bool embedded;
  Milliseconds own_deadline;
};

template <class Provider>
using ChainEntries = std::vector<std::shared_ptr<ChainEntry<Provider>>>;

template <class Provider>
class FallbackChain {
 public:
  using Entry = ChainEntry<Provider>;
  struct Pick {
    std::size_t index = 0;
    CircuitBreaker::Admission admission = CircuitBreaker::Admission::kRefused;
  };

  // REQUIRES: at least one provider. `stage` is for the log: "llm".
  FallbackChain(std::string_view stage, ChainEntries<Provider> entries, FallbackLimits limits,
                const Clock& clock)
      : stage_(stage), limits_(limits), clock_(clock), entries_(std::move(entries)) {
    EARSHOT_CHECK(!entries_.empty(), "a chain has a provider");
  }

  // The first provider from `from` on that its breaker admits; the last one always is. Without `stand_in` no
  // embedded engine takes the place of a service.
  std::optional<Pick> pick(std::size_t from, bool stand_in = true) {
    for (std::size_t i = from; i < entries_.size(); ++i) {
      if (!is_usable(i, stand_in)) continue;
      ProviderRecord& record = entries_[i]->record;
      auto admission = record.breaker().admit(clock_.now());
      if (admission == CircuitBreaker::Admission::kRefused && is_last(i, stand_in))
        admission = CircuitBreaker::Admission::kAdmitted;
      if (admission != CircuitBreaker::Admission::kRefused) return Pick{.index = i, .admission = admission};
      record.add(ProviderEvent::kSkipped);
    }
    return std::nullopt;
  }

  // An embedded engine in the place of a service.
  bool stands_in(std::size_t index) const { return entries_[index]->embedded && !is_usable(index, false); }
  Entry& at(std::size_t index) { return *entries_[index]; }
  bool is_last(std::size_t index, bool stand_in = true) const {
    return next_usable(index, stand_in) == nullptr;
  }
  // How long the provider may show nothing before the next one takes its place.
  // REQUIRES: !is_last(index, stand_in).
  Milliseconds patience(std::size_t index, bool stand_in = true) const {
    const Entry* next = next_usable(index, stand_in);
    const Entry& own = *entries_[index];
    if (next == nullptr || !next->embedded) return limits_.patience;
    if (own.own_deadline.count() == 0) return std::max(limits_.patience, limits_.longest);
    return std::min(own.own_deadline, limits_.longest);
  }
  std::string_view stage() const { return stage_; }
  const FallbackLimits& limits() const { return limits_; }
  const Clock& clock() const { return clock_; }

  // visitor(const ProviderRecord&)
  template <class Visitor>
  void visit(Visitor&& visitor) const {
    for (const auto& entry : entries_) visitor(std::as_const(entry->record));
  }
  template <class Visitor>
  void visit_entries(Visitor&& visitor) const {
    for (const auto& entry : entries_) visitor(std::as_const(*entry));
  }

 private:
  bool is_usable(std::size_t index, bool stand_in) const {
    const auto is_service = [](const auto& entry) { return !entry->embedded; };
    const auto end = entries_.begin() + static_cast<std::ptrdiff_t>(index);
    return stand_in || !entries_[index]->embedded || std::none_of(entries_.begin(), end, is_service);
  }
  const Entry* next_usable(std::size_t index, bool stand_in) const {
    for (std::size_t i = index + 1; i < entries_.size(); ++i) {
      if (is_usable(i, stand_in)) return entries_[i].get();
    }
    return nullptr;
  }

  std::string stage_;
  FallbackLimits limits_;
  const Clock& clock_;
  ChainEntries<Provider> entries_;
};

}  // namespace earshot::worker
