// What the recogniser `local` is made of on this machine: the command grammar, and free speech where the models folder
// has Moonshine.
#pragma once

#include <memory>
#include <string>

#include "worker/providers/asr/pocketsphinx_asr.h"
#include "worker/providers/provider_context.h"
#include "worker/stages/asr.h"

namespace earshot::worker {

// Moonshine tiny, English, of `models_dir`/moonshine-tiny-en (MIT; 117 MB in memory, loaded in a second). It reads
// `parallel` utterances at once, each on a thread of its own, at a twentieth of their length (docs/measurements.md).
// Errors: as sherpa_library() and make_sherpa_asr().
Result<std::unique_ptr<AsrProvider>> make_moonshine(const std::string& models_dir, int parallel);

// Both, or the grammar alone when context.models_dir is empty or does not serve: one line in the log says which, and
// why.
// Errors: as make_pocketsphinx_asr().
Result<std::unique_ptr<AsrProvider>> make_local_engines(const PocketSphinxConfig& commands,
                                                        const ProviderContext& context);

}  // namespace earshot::worker
