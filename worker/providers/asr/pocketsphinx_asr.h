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
  double rejection_threshold = -4.0;       // see docs of PocketSphinx rejection in the .cc
  Milliseconds max_utterance{30000};       // audio beyond is not heard
};

// Loads the models (about 0.1 s a decoder). Work runs on `pool`, which must outlive provider and streams;
// streams may outlive the provider. kInvalid: the grammar has a fault, or words without pronunciation, which
// the message names.
Result<std::unique_ptr<AsrProvider>> make_pocketsphinx_asr(const PocketSphinxConfig& config,
                                                           asio::thread_pool& pool);

}  // namespace earshot::worker
