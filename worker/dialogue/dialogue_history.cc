#include "worker/dialogue/dialogue_history.h"

#include <utility>

#include "worker/dialogue/token_budget.h"

namespace earshot::worker {

namespace {

Message text_message(Message::Role role, std::string text) {
  return {.role = role, .text = std::move(text), .tool_calls = {}, .tool_call_id = {}, .is_error = false};
}

bool is_plain_reply(const Message& message) {
  return message.role == Message::Role::kAssistant && message.tool_calls.empty();
}

void append(std::vector<Message>& dialogue, Message message) {
  if (!dialogue.empty() && is_plain_reply(dialogue.back()) && is_plain_reply(message)) {
    dialogue.back().text += '\n' + message.text;
  } else {
    dialogue.push_back(std::move(message));
  }
}

}  // namespace

DialogueHistory::DialogueHistory(std::size_t budget_tokens, std::vector<DialogueTurn> turns)
    : budget_tokens_(budget_tokens) {
  for (DialogueTurn& turn : turns) push(std::move(turn.words), std::move(turn.reply));
}

void DialogueHistory::add(TurnId id, std::string words, ReplyRecord reply) {
  latest_ = id;
  latest_reply_ = std::move(reply);
  push(std::move(words), latest_reply_.messages());
}

void DialogueHistory::add_interrupted(TurnId id, std::string words, const ReplyRecord& reply,
                                      std::size_t sentences_heard) {
  latest_ = id;
  latest_reply_ = {};
  push(std::move(words), reply.heard(sentences_heard));
}

void DialogueHistory::cut(TurnId id, std::size_t sentences_heard) {
  if (id != latest_ || sentences_heard >= latest_reply_.sentence_count()) return;
  tokens_ -= turns_.back().tokens;
  std::string words = std::move(turns_.back().words);
  turns_.pop_back();
  push(std::move(words), std::exchange(latest_reply_, {}).heard(sentences_heard));
}

std::vector<Message> DialogueHistory::messages(std::string prompt,
                                               const std::optional<std::string>& words) const {
  std::vector<Message> dialogue;
  if (!prompt.empty()) dialogue.push_back(text_message(Message::Role::kSystem, std::move(prompt)));
  for (const Turn& turn : turns_) {
    if (!turn.words.empty()) append(dialogue, text_message(Message::Role::kUser, turn.words));
    for (const Message& message : turn.reply) append(dialogue, message);
  }
  if (words) append(dialogue, text_message(Message::Role::kUser, *words));
  return dialogue;
}

std::vector<DialogueTurn> DialogueHistory::said() const {
  return {turns_.begin(), turns_.end()};
}

std::vector<DialogueTurn> DialogueHistory::said_before(TurnId id) const {
  std::vector<DialogueTurn> turns = said();
  if (latest(id)) turns.pop_back();
  return turns;
}

std::optional<DialogueHistory::Latest> DialogueHistory::latest(TurnId id) const {
  if (id != latest_ || turns_.empty() || latest_reply_.sentence_count() == 0) return std::nullopt;
  return Latest{.words = turns_.back().words, .reply = latest_reply_};
}

void DialogueHistory::push(std::string words, std::vector<Message> reply) {
  if (reply.empty() && words.empty()) {
    latest_reply_ = {};
    return;
  }
  for (Message& message : reply) {
    if (message.role == Message::Role::kTool) message.text = shortened(message.text, kOldResultTokens);
  }
  const std::size_t tokens =
      estimated_tokens(text_message(Message::Role::kUser, words)) + estimated_tokens(reply);
  turns_.push_back({{.words = std::move(words), .reply = std::move(reply)}, tokens});
  for (tokens_ += tokens; tokens_ > budget_tokens_ && turns_.size() > kLeastTurns; turns_.pop_front()) {
    tokens_ -= turns_.front().tokens;
  }
}

}  // namespace earshot::worker
