// What a session's messages say of its audio, in our own terms. Pure.
#pragma once

#include "common/audio/sound_codec.h"
#include "ipc.pb.h"
#include "worker/hearing/listen_mode.h"

namespace earshot::worker {

SoundCodec sound_codec(ipc::AudioFormat::Codec codec);
ListenMode listen_mode(ipc::Listen::Mode mode);
// Rates and durations that their codecs have; of Opus, what the device protocol allows.
bool has_usable_formats(const ipc::SessionOpen& open);

}  // namespace earshot::worker
