// Speech to text by a model of sherpa-onnx on this machine: free speech without a network.
#pragma once

#include <memory>
#include <string>

#include "common/base/clock.h"
#include "common/config/config_reader.h"
#include "worker/providers/sherpa/sherpa_library.h"
#include "worker/stages/asr.h"

namespace earshot::worker {

struct SherpaAsrSettings {
  sherpa::Model model;
  std::string language;  // of sense_voice and whisper: "en", "zh"; empty: the model finds out
  int parallel = 1;      // utterances read at once, each on a thread of its own; others wait in order
  Milliseconds min_utterance{300};
  Milliseconds max_utterance{120'000};  // what is said later is not heard; no key is held for longer
};

// `family`, its files, `threads`, `language`, `parallel`, `min_utterance_ms`, `max_utterance_ms`.
SherpaAsrSettings read_sherpa_asr(ConfigSection& section);

// Loads the model. Families that stream read while the user speaks and give interim texts; the others read
// the utterance at its end, and in pauses what there is (reading_budget.h). The language of a request is not
// looked at. An utterance shorter than min_utterance has the text "": these models invent words for it. A
// decoding that runs cannot be stopped: a cancelled one ends unheard, one that waits ends at once. Streams
// may outlive the provider, whose end waits for nothing. kNotFound: a file is missing. kInvalid, kInternal:
// the library refuses the model.
Result<std::unique_ptr<AsrProvider>> make_sherpa_asr(const SherpaAsrSettings& settings,
                                                     const sherpa::SherpaLibrary& library);

}  // namespace earshot::worker
