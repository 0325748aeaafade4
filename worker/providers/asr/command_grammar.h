// A JSGF grammar together with the pronunciation of each of its words.
#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"
#include "worker/providers/asr/pocketsphinx_asr.h"

namespace earshot::worker {

struct CommandGrammar {
  std::string jsgf;
  // Variants of a word follow it as "word(2)".
  // A dictionary of these alone costs a decoder 2 MB, the whole one 20.
  std::vector<Pronunciation> pronunciations;
};

// Reads the model's dictionary. kInvalid: a fault in the grammar, or words without pronunciation (all are
// named); kNotFound: no dictionary there.
Result<CommandGrammar> load_command_grammar(const PocketSphinxConfig& config);

}  // namespace earshot::worker
