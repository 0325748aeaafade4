// The three remote providers of the bench, on loopback: a streaming recogniser over WebSocket (FunASR's
// frames), a model over server-sent events (chat/completions), a voice that streams 24 kHz PCM. They cost
// themselves next to nothing; the worker has all the work that it has with real ones.
#pragma once

#include <memory>
#include <string>

#include "common/audio/pcm.h"

namespace earshot::fakes {
class AsrFake;
class FakeHttpServer;
}  // namespace earshot::fakes

namespace earshot::bench {

class FakeServices {
 public:
  FakeServices();
  ~FakeServices();
  FakeServices(const FakeServices&) = delete;
  FakeServices& operator=(const FakeServices&) = delete;

  Pcm voice() const;  // what each sentence sounds like
  // A worker.yaml that names them, for so many conversations.
  std::string worker_config(int conversations) const;

 private:
  std::string voice_;  // what the voice says each time: two seconds of PCM
  std::unique_ptr<fakes::AsrFake> asr_;
  std::unique_ptr<fakes::FakeHttpServer> http_;
};

}  // namespace earshot::bench
