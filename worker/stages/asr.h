// Speech to text, streaming in and out.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "common/asio/asio.h"
#include "common/base/result.h"
#include "worker/stages/provider_note.h"

namespace earshot::worker {

struct Transcript {
  // Lower case words for a grammar engine, as written by the provider otherwise; may be empty.
  std::string text;
  bool understood = true;  // false: speech was heard but rejected as none of what the engine can know
  double confidence = 0;   // engine's own scale, for the trace
};

struct AsrRequest {
  std::string language;  // BCP 47, e.g. "en-US"; empty: the provider's default
};

// Called on the executor given to open(), never from inside a call of the stream;
// none after cancel() returned.
struct AsrCallbacks {
  std::function<void(const std::string& text)> on_interim;  // optional
  std::function<void(Result<Transcript>)> on_final;         // exactly once after finish(), also on failure
  OnProvider on_provider = nullptr;                         // optional
};

// One utterance. write() and finish() never block: slow engines work on a pool of their own.
// Runs on: the executor given to open(). Destroying it cancels.
class AsrStream {
 public:
  virtual ~AsrStream() = default;
  virtual void write(std::span<const std::int16_t> pcm_16khz) = 0;
  // The user may have finished. An engine that hears only whole utterances may decide on what it has and tell
  // it as an interim text; unless they go on (resume(), then more audio), it is the final one as well.
  virtual void pause() {}
  virtual void resume() {}
  virtual void finish() = 0;  // no more audio: decide
  virtual void cancel() = 0;
};

class AsrProvider {
 public:
  virtual ~AsrProvider() = default;
  virtual std::unique_ptr<AsrStream> open(const AsrRequest& request, Executor executor,
                                          AsrCallbacks callbacks) = 0;
};

}  // namespace earshot::worker
