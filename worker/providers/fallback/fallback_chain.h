// The providers of one stage in the order in which they are tried. Shared by all its streams. Chains of the
// same stage (one for each agent) may share providers: then they share what is known of them as well.
//
// Runs on: any thread.
// Owns: the providers, with the chains that share them.
// Borrows: the clock, which outlives it.
#pragma once

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
};

struct FallbackLimits {
  Milliseconds patience{5000};  // a provider that shows nothing for so long is replaced; not the last one
};

template <class Provider>
struct ChainEntry {
  explicit ChainEntry(NamedProvider<Provider> named, BreakerLimits limits = {})
      : record(std::move(named.name), limits),
        provider(std::move(named.provider)),
        embedded(named.embedded) {}
  ProviderRecord record;
  std::unique_ptr<Provider> provider;
  bool embedded;
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

  // The first provider from `from` on that its breaker admits; the last one always is.
  std::optional<Pick> pick(std::size_t from) {
    for (std::size_t i = from; i < entries_.size(); ++i) {
      ProviderRecord& record = entries_[i]->record;
      auto admission = record.breaker().admit(clock_.now());
      if (admission == CircuitBreaker::Admission::kRefused && is_last(i))
        admission = CircuitBreaker::Admission::kAdmitted;
      if (admission != CircuitBreaker::Admission::kRefused) return Pick{.index = i, .admission = admission};
      record.add(ProviderEvent::kSkipped);
    }
    return std::nullopt;
  }

  Entry& at(std::size_t index) { return *entries_[index]; }
  bool is_last(std::size_t index) const { return index + 1 == entries_.size(); }
  std::string_view stage() const { return stage_; }
  const FallbackLimits& limits() const { return limits_; }
  const Clock& clock() const { return clock_; }

  // visitor(const ProviderRecord&)
  template <class Visitor>
  void visit(Visitor&& visitor) const {
    for (const auto& entry : entries_) visitor(std::as_const(entry->record));
  }

 private:
  std::string stage_;
  FallbackLimits limits_;
  const Clock& clock_;
  ChainEntries<Provider> entries_;
};

}  // namespace earshot::worker
