// Speech to text by PocketSphinx with a command grammar: English, offline, no free speech.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/base/result.h"
#include "worker/stages/asr.h"

namespace earshot::worker {

struct Pronunciation {
  std::string word;    // lower case
  std::string phones;  // of the model's set, e.g. "AH N M Y UW T"
};

struct PocketSphinxConfig {
  std::string model_dir = "/usr/share/pocketsphinx/model/en-us";
  std::string grammar_jsgf;                // the whole text, with one public rule
  std::vector<Pronunciation> extra_words;  // beside those of the model's dictionary
  int decoders = 2;                        // utterances decoded at once; others wait their turn
  double rejection_threshold = -20;        // of command_score(): higher refuses more; see there
  Milliseconds max_utterance{120000};      // what is said later is not heard; no key is held for longer
};

// Loads the models (30 ms and 15 MB a decoder). Decoding runs on `pool` while the user speaks, so the verdict
// comes a few ms after finish(); there are no interim results, and the language of a request is not looked
// at. A stream that finds all decoders busy keeps its audio until one is free. `pool` outlives provider and
// streams; streams may outlive the provider. Callbacks may destroy their stream. kInvalid: the grammar has a
// fault, or words without pronunciation (all are named). kNotFound, kUnavailable: the model is not there.
Result<std::unique_ptr<AsrProvider>> make_pocketsphinx_asr(const PocketSphinxConfig& config,
                                                           asio::thread_pool& pool);

}  // namespace earshot::worker
