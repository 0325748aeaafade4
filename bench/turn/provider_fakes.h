// The three services of the bench, with the latencies that issue 3 names,
// on loopback and threads of their own.
#pragma once

#include <memory>
#include <string>

#include "tests/fakes/providers/asr_fakes.h"
#include "tests/fakes/providers/openai_llm_fake.h"
#include "tests/fakes/providers/tts_fakes.h"

namespace earshot::bench {

struct ProviderLatencies {
  fakes::Delay transcript{80};  // behind the end of the audio
  fakes::Delay first_token{300};
  fakes::Delay first_audio{120};
  fakes::Delay speech{900};  // how long a sentence sounds
};

class ProviderFakes {
 public:
  explicit ProviderFakes(ProviderLatencies latencies);

  std::string worker_yaml() const;  // the asr, llm and tts sections

 private:
  std::unique_ptr<fakes::AsrFake> asr_;
  fakes::OpenAiLlmFake llm_;
  fakes::HttpSpeechFake tts_;
};

}  // namespace earshot::bench
