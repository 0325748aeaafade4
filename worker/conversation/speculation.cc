#include "worker/conversation/speculation.h"

#include <utility>

#include "worker/dialogue/folded_words.h"

namespace earshot::worker {

Speculation::Speculation(UtteranceId utterance, const std::string& words, std::shared_ptr<Turn> turn)
    : utterance_(utterance), words_(folded_words(words)), turn_(std::move(turn)) {}

bool Speculation::answers(UtteranceId utterance, const std::string& words) const {
  return utterance == utterance_ && folded_words(words) == words_;
}

}  // namespace earshot::worker
