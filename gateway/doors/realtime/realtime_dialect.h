// The two dialects of OpenAI Realtime: GA, and the beta before it (docs/protocol_realtime.md). The same events, of
// which some are named otherwise, and a session that is flat in beta. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/json/json.h"

namespace earshot::gateway {

enum class RealtimeDialect : std::uint8_t {
  kUndecided,  // answered as GA, until the first session.update shows which it is
  kGa,
  kBeta,
};

// What a session.update is written in; kUndecided: it could be either.
RealtimeDialect dialect_of(const json::object& session);

// A server event's type in that dialect; given in GA's words.
std::string_view event_type(RealtimeDialect dialect, std::string_view ga);

}  // namespace earshot::gateway
