// Things that happen later: kept in order of time, and of insertion when the times are equal. Pure.
#pragma once

#include <map>
#include <optional>
#include <utility>

#include "common/base/clock.h"

namespace earshot::simulator {

template <class T>
class DelayedQueue {
 public:
  void push(SteadyTime due, T item) { items_.emplace(due, std::move(item)); }
  std::optional<SteadyTime> next() const {
    return items_.empty() ? std::nullopt : std::optional(items_.begin()->first);
  }
  std::optional<T> pop(SteadyTime now) {
    if (items_.empty() || items_.begin()->first > now) return std::nullopt;
    T item = std::move(items_.begin()->second);
    items_.erase(items_.begin());
    return item;
  }

 private:
  std::multimap<SteadyTime, T> items_;
};

}  // namespace earshot::simulator
