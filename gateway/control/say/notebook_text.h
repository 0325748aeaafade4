// A device's notebook as the store keeps it: JSON, with times of the wall clock, which outlive a restart. Pure.
//
//   {"reminders": [{"id": 7, "due": 1794967200000, "what": "tea", "say": "Tea.", "timer": true}],
//    "lists": [{"name": "shopping", "items": ["milk"]}], "missed": [{"id": 6, "say": "Call mum.", "due": ...}]}
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/live/workers/worker_news.h"

namespace earshot::gateway {

struct KeptNotebook {
  struct Reminder {
    NotebookNews::Reminder told;  // without due_in
    std::int64_t due_ms = 0;      // since the epoch
  };
  std::vector<Reminder> reminders{};
  std::vector<NotebookNews::List> lists{};
  std::vector<Reminder> missed{};  // due, and not said yet
};

// RETURNS: empty: there is nothing in it.
std::string notebook_text(const KeptNotebook& notebook);
// nullopt: it is none of ours. What is over NotebookNews' bounds is left out.
std::optional<KeptNotebook> read_notebook_text(std::string_view text);

// What is said of a reminder long after it was due, with the time of day that it was for: "A reminder from 8:00: ...".
std::string late_words(std::string_view say, std::int64_t due_ms, int utc_offset_minutes);

}  // namespace earshot::gateway
