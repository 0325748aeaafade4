// Which members of an event hold what people and the agent said. Whoever passes events on without knowing that
// its reader may hear it leaves them out. Pure.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "gateway/control/events/event_hub.h"

namespace earshot::gateway {

struct SpokenMember {
  std::string_view kind;
  std::string_view member;
};
inline constexpr std::array<SpokenMember, 2> kSpokenMembers{
    {{.kind = "turn", .member = "user_text"}, {.kind = "turn", .member = "reply_text"}}};

inline bool has_words(const Event& event) {
  return std::ranges::any_of(kSpokenMembers, [&](const SpokenMember& each) {
    return each.kind == event.kind && event.data.contains(each.member);
  });
}

inline json::object without_words(const Event& event) {
  json::object data = event.data;
  for (const SpokenMember& each : kSpokenMembers) {
    if (each.kind == event.kind) data.erase(each.member);
  }
  return data;
}

}  // namespace earshot::gateway
