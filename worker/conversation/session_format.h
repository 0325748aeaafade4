// What a session's messages say of its audio, in our own terms. Pure.
#pragma once

#include "ipc.pb.h"
#include "worker/hearing/listen_mode.h"

namespace earshot::worker {

ListenMode listen_mode(ipc::Listen::Mode mode);
// Rates and durations that Opus has and the device protocol allows.
bool has_usable_formats(const ipc::SessionOpen& open);

}  // namespace earshot::worker
