// What was said so far: the user's words, and of the replies what was heard. Pure.
//
// Holds whole turns within a budget of tokens (token_budget.h); the oldest go first, the latest kLeastTurns stay.
// Of a turn of which nothing was heard the user's words stay, because they were said: whoever interrupts an
// answer before it begins goes on with what he wanted.
// Tool results of turns that are over are shortened: their gist has been spoken. The latest turn keeps its
// sentences, because its playout may still be cut off after the brain is through.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "worker/dialogue/reply_record.h"
#include "worker/stages/dialogue.h"

namespace earshot::worker {

struct DialogueTurn {
  std::string words;  // of the user; empty: we spoke first
  std::vector<Message> reply;
};

class DialogueHistory {
 public:
  static constexpr std::size_t kOldResultTokens = 200;

  // `turns`: what was said before, oldest first; none of it can be cut any more.
  explicit DialogueHistory(std::size_t budget_tokens, std::vector<DialogueTurn> turns = {});

  // A turn that said all it had to. `words` may be empty: the server spoke first.
  // Without words and without a reply nothing is kept.
  void add(TurnId id, std::string words, ReplyRecord reply);
  // A turn that was cut off after so many sentences.
  // If none was heard and no tool has run, there was no reply.
  void add_interrupted(TurnId id, std::string words, const ReplyRecord& reply, std::size_t sentences_heard);
  // The same for a turn that was added whole and cut off while it played. Any but the latest is left alone.
  void cut(TurnId id, std::size_t sentences_heard);

  // For the brain: the prompt (when there is one), the turns, and what the user says now (when they do). Two
  // replies in a row are joined: many models insist on taking turns. Words in a row are not: a brain that reads
  // commands wants the latest alone, and those that insist join them (openai_messages.h).
  std::vector<Message> messages(std::string prompt, const std::optional<std::string>& words) const;

  std::size_t turns() const { return turns_.size(); }
  std::vector<DialogueTurn> said() const;  // oldest first
  // The same without that turn, if it can still be cut.
  std::vector<DialogueTurn> said_before(TurnId id) const;
  struct Latest {
    std::string words;
    ReplyRecord reply;
  };
  std::optional<Latest> latest(TurnId id) const;  // nullopt: it is another, or nothing of it can be cut

 private:
  struct Turn : DialogueTurn {
    std::size_t tokens = 0;
  };
  void push(std::string words, std::vector<Message> reply);

  std::size_t budget_tokens_;
  std::size_t tokens_ = 0;
  std::deque<Turn> turns_;
  TurnId latest_{};  // the one at the back of turns_, while `latest_reply_` can still be cut
  ReplyRecord latest_reply_;
};

}  // namespace earshot::worker
