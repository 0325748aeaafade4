// A recogniser that knows beforehand what will be said, for cases that are not about the recogniser: the
// words reach the brain whatever the synthetic voice made of them. The speech goes its whole way: microphone,
// Opus, UDP, voice activity detection and the stream to the recogniser.
//
// Owns: the service. It outlives the System that is configured with it.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/fakes/providers/asr_fakes.h"

namespace earshot::e2e {

class ScriptedHearing {
 public:
  // The first utterance is heard as the first line, and so on; all after the last line as that.
  explicit ScriptedHearing(std::vector<std::string> lines) { service_->set_lines(std::move(lines)); }

  // The `asr` section of a worker. Its patience is that of a sanitised worker on a busy machine.
  std::string worker_config() const {
    return "asr:\n  selected: scripted\n  timeout_ms: 30000\n  provider_timeout_ms: 20000\n  providers:\n"
           "    scripted: {type: funasr, url: \"" +
           service_->server().url() + "\"}\n";
  }
  // How much speech has come to it.
  double heard_seconds() const { return static_cast<double>(service_->record().audio_bytes()) / 32'000; }

 private:
  std::unique_ptr<fakes::AsrFake> service_ = fakes::make_funasr_fake();
};

}  // namespace earshot::e2e
