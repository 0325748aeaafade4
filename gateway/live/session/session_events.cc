#include "gateway/live/session/session_events.h"

#include "common/base/unreachable.h"

namespace earshot::gateway {

SessionEvent event_of(ControlVerdict verdict) {
  switch (verdict) {
    case ControlVerdict::kTooLarge:
      return SessionEvent::kControlTooLarge;
    case ControlVerdict::kNotJson:
      return SessionEvent::kControlNotJson;
    case ControlVerdict::kNoType:
      return SessionEvent::kControlNoType;
    case ControlVerdict::kBadField:
      return SessionEvent::kControlBadField;
    case ControlVerdict::kUnsupportedAudio:
      return SessionEvent::kControlUnsupportedAudio;
    case ControlVerdict::kGood:
      break;
  }
  unreachable("a good message is no event");
}

}  // namespace earshot::gateway
