// What the links of a worker count.
#pragma once

#include <array>
#include <string_view>

#include "common/base/counters.h"

namespace earshot::worker {

enum class LinkEvent {
  kLinkUp,
  kLinkLost,
  kSessionOpened,
  kSessionRefused,  // no room, draining, or a request that cannot be served
  kUnknownSession,  // for a session that is over here: it crossed our answer on the wire
  kBeforeHello,
  kSecondHello,
  kNoSession,
  kWrongDirection,
  kAgentsTooLarge,
  kReportDropped,    // a turn's record: too much of its session waits for the gateway
  kSessionOverflow,  // for the same reason a session has ended that would have missed something
  kCount
};
inline constexpr std::array<std::string_view, 12> kLinkEventNames = {"link_up",
                                                                     "link_lost",
                                                                     "link_session_opened",
                                                                     "link_session_refused",
                                                                     "link_unknown_session",
                                                                     "link_before_hello",
                                                                     "link_second_hello",
                                                                     "link_no_session",
                                                                     "link_wrong_direction",
                                                                     "link_agents_too_large",
                                                                     "link_report_dropped",
                                                                     "link_session_overflow"};
using LinkCounters = Counters<LinkEvent, kLinkEventNames>;

}  // namespace earshot::worker
