// A recogniser of several: one that refuses, stalls after the end of speech or breaks off is replaced inside
// the same utterance. The next one hears the utterance from its beginning.
// Interim texts come only from the one at work. An embedded recogniser that takes the place of a service and
// understands nothing leaves the utterance with the service's error.
#pragma once

#include <memory>
#include <vector>

#include "worker/providers/fallback/fallback_chain.h"
#include "worker/stages/asr.h"

namespace earshot::worker {

// Runs on: open() from any thread, streams and callbacks on the given executor.
// Owns: the providers, with the chains that share them. Streams may outlive it.
// Bounded: `max_kept` of each utterance is kept for a replacement; it does not hear the rest.
class FallbackAsr final : public AsrProvider {
 public:
  // REQUIRES: at least one provider. `clock` outlives provider and streams.
  FallbackAsr(ChainEntries<AsrProvider> providers, FallbackLimits limits, Milliseconds max_kept,
              const Clock& clock);

  std::unique_ptr<AsrStream> open(const AsrRequest& request, Executor executor,
                                  AsrCallbacks callbacks) override;

  const FallbackChain<AsrProvider>& chain() const { return *chain_; }

 private:
  std::shared_ptr<FallbackChain<AsrProvider>> chain_;
  std::size_t max_kept_samples_;
};

}  // namespace earshot::worker
