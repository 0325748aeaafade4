// What the ear has learnt of its speaker and his room: what another ear begins with to hear as this one does.
#pragma once

#include "common/base/clock.h"

namespace earshot::worker {

struct HearingEstimate {
  Milliseconds silence{0};  // SilencePolicy::speaker(); 0: nothing was learnt
  double echo_loss_db = 0;  // EchoGuard::loss_db(); 0: nothing was learnt
};

}  // namespace earshot::worker
