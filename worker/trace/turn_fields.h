// The trace of a turn as named fields: what its log line and its record hold (docs/operations.md lists the
// keys). Times are of the way from the user's last word; nothing of what was said is among them. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/base/clock.h"
#include "worker/trace/turn_trace.h"

namespace earshot::worker {

// Where the fields go, in the order of the turn.
class TurnFields {
 public:
  virtual ~TurnFields() = default;
  virtual void add(std::string_view key, std::string_view value) = 0;  // plain ASCII without blanks
  virtual void add(std::string_view key, std::uint64_t value) = 0;
  virtual void add(std::string_view key, Microseconds time) = 0;  // the key ends in _ms
  void add(std::string_view key, std::optional<Microseconds> time);
};

void tell(const TurnTrace& trace, TurnFields& fields);

}  // namespace earshot::worker
