// What a turn adds to the dialogue behind the user's words: texts, calls and their answers, and the sentences
// as the voice got them, so that an interrupted reply can be cut down to what was heard. Pure.
//
// Lifecycle: a round of the brain is sentences, then end_round(); then the answers to its calls; again.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "worker/stages/dialogue.h"

namespace earshot::worker {

class ReplyRecord {
 public:
  ReplyRecord() = default;
  // As another worker's was. `rounds`: the sentences when each round had ended; of rounds that are not among
  // the messages nothing is known.
  ReplyRecord(std::vector<Message> messages, std::vector<std::string> sentences,
              const std::vector<std::size_t>& rounds);

  void add_sentence(std::string sentence);  // given to the voice; counted from 1, as in playout reports
  void add_filler();                        // was spoken, but is none of the brain's words
  void end_round(std::string text, std::vector<ToolCall> calls);
  void end_broken_round();  // the brain broke off: its text is what the voice was given
  void add_answer(Message answer);

  // Of the rounds that have ended.
  const std::vector<Message>& messages() const { return messages_; }
  // What is left when the turn was interrupted after the sentence of this number had begun to play: later
  // sentences are missing, and so are calls that were never answered.
  std::vector<Message> heard(std::size_t sentences) const;
  std::size_t sentence_count() const { return sentences_.size(); }
  const std::vector<std::string>& sentences() const { return sentences_; }
  std::vector<std::size_t> rounds() const;

 private:
  struct Round {
    std::size_t message = 0;    // its index in messages_
    std::size_t sentences = 0;  // given to the voice when it had ended
  };
  std::string spoken(std::size_t from, std::size_t to) const;

  std::vector<Message> messages_;
  std::vector<std::string> sentences_;  // a filler is an empty one
  std::vector<Round> rounds_;
};

}  // namespace earshot::worker
