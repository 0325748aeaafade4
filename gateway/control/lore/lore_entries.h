// A lore book: entries that are found by their keys. Reads YAML or JSON as people pass it on. Pure.
//
//   Avalon: An island of mist.                   a key and its text
//   entries: [{keys: [Avalon], content: ...}]    or {"0": {"key": ["Avalon"], "content": ...}}
//
// What is switched off (enabled: false, disable: true), has no text, or only keys that are patterns (/.../) is left out.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "gateway/store/lore_store.h"

namespace earshot::gateway {

inline constexpr std::size_t kMaxEntriesBytes = 512 * 1024;  // of a file
inline constexpr std::size_t kMaxEntryKeys = 16;
inline constexpr std::size_t kMaxEntryKeyBytes = 100;
inline constexpr std::size_t kMaxEntryBytes = 1200;  // of a text; more is cut

// Errors: kTooLarge, kInvalid (neither YAML nor JSON, or no entry in it).
Result<std::vector<store::LorePassage>> read_lore_entries(std::string_view text);

}  // namespace earshot::gateway
