// How long: "ten minutes", "half an hour", "an hour and a half", "1 hour 30 minutes", "two and a half hours",
// 十分钟, 半小时, 一个半小时, 一刻钟, 一小时三十分钟. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace earshot::worker {

inline constexpr std::int64_t kMaxSaidSeconds = 100LL * 24 * 3600;

// The whole of `words`, in seconds. nullopt: something else, nothing ("0 minutes"), or more than
// kMaxSaidSeconds.
std::optional<std::int64_t> read_said_duration(std::span<const std::string> words);

// "1 hour and 30 minutes", 1小时30分钟. Its two largest parts are exact; smaller ones are left out.
std::string duration_text(std::int64_t seconds, std::string_view language);
// As in front of a noun: "10 minute", "1 hour 30 minute"; Chinese as above.
std::string duration_as_adjective(std::int64_t seconds, std::string_view language);

}  // namespace earshot::worker
