#include "gateway/live/shard/shard_events.h"

#include "common/base/unreachable.h"

namespace earshot::gateway {

ShardEvent event_of(AdmissionVerdict verdict) {
  switch (verdict) {
    case AdmissionVerdict::kAdmitted:
      break;
    case AdmissionVerdict::kUnknownDevice:
      return ShardEvent::kRefusedUnknown;
    case AdmissionVerdict::kNotAdmitted:
      return ShardEvent::kRefusedNotAdmitted;
    case AdmissionVerdict::kOtherClient:
      return ShardEvent::kRefusedOtherClient;
    case AdmissionVerdict::kOldCredentials:
      return ShardEvent::kRefusedOldCredentials;
  }
  unreachable("who is admitted is not refused");
}

}  // namespace earshot::gateway
