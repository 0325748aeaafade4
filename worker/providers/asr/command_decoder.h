// One PocketSphinx decoder for commands: a grammar and, beside it,
// a loop of phones that the grammar must beat.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "worker/providers/asr/command_grammar.h"
#include "worker/stages/asr.h"

struct ps_decoder_s;  // PocketSphinx

namespace earshot::worker {

// Each utterance is judged for itself: nothing of the last one, which another person may have spoken, is
// left, and how its audio was cut into hear() calls does not matter.
// Runs on: any one thread at a time.
// Owns: two decoders with an acoustic model each (about 15 MB; the library cannot share models).
// Lifecycle: begin() -> hear()* -> decide() | begin() again.
class CommandDecoder {
 public:
  static Result<std::unique_ptr<CommandDecoder>> create(const std::string& model_dir,
                                                        const CommandGrammar& grammar);

  void begin();
  // Keeps the first second to learn loudness and colour of voice and room from it, and catches up then.
  void hear(std::span<const std::int16_t> pcm_16khz);  // cost: 4 to 5 % of the audio's length
  // RETURNS: confidence is the command_score(); below `threshold` it is not understood and the text is empty.
  Transcript decide(double threshold);

 private:
  struct Free {
    void operator()(ps_decoder_s* decoder) const;
  };
  using Decoder = std::unique_ptr<ps_decoder_s, Free>;

  CommandDecoder(Decoder words, Decoder phones);
  static Result<Decoder> load_words(const std::string& model_dir, const CommandGrammar& grammar);
  static Result<Decoder> load_phones(const std::string& model_dir);

  void start(std::span<const std::int16_t> head);
  void decode(std::span<const std::int16_t> piece);
  std::vector<float> mean_of(std::span<const std::int16_t> pcm_16khz);

  Decoder words_;
  Decoder phones_;
  std::vector<float> trained_mean_;    // of the cepstra, where the model knows no better
  std::vector<std::int16_t> waiting_;  // the first second until started_, then less than a piece
  bool started_ = false;
};

}  // namespace earshot::worker
