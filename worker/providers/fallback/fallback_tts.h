// A voice of several: one that refuses, stalls or breaks off is replaced inside the same sentence. What was
// voiced of it is not said again: the next one gets the rest as unspoken_rest() estimates it. Its audio is
// brought to the rate of the first.
#pragma once

#include <memory>
#include <vector>

#include "worker/providers/fallback/fallback_chain.h"
#include "worker/stages/tts.h"

namespace earshot::worker {

// Runs on: synthesize() from any thread, callbacks on the given executor.
// Owns: the providers, with the chains that share them. Streams may outlive it.
class FallbackTts final : public TtsProvider {
 public:
  // REQUIRES: at least one provider. `clock` outlives provider and streams.
  FallbackTts(ChainEntries<TtsProvider> providers, FallbackLimits limits, const Clock& clock);

  std::unique_ptr<TtsStream> synthesize(const TtsRequest& request, Executor executor,
                                        TtsCallbacks callbacks) override;

  const FallbackChain<TtsProvider>& chain() const { return *chain_; }

 private:
  std::shared_ptr<FallbackChain<TtsProvider>> chain_;
};

}  // namespace earshot::worker
