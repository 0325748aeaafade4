#include "worker/dialogue/reply_record.h"

#include <algorithm>
#include <span>
#include <utility>

#include "worker/stages/sentence_join.h"

namespace earshot::worker {

namespace {

Message assistant_message(std::string text, std::vector<ToolCall> calls) {
  return {.role = Message::Role::kAssistant,
          .text = std::move(text),
          .tool_calls = std::move(calls),
          .tool_call_id = {},
          .is_error = false};
}

bool answers(const Message& message, const ToolCall& call) {
  return message.role == Message::Role::kTool && message.tool_call_id == call.id;
}

}  // namespace

ReplyRecord::ReplyRecord(std::vector<Message> messages, std::vector<std::string> sentences,
                         const std::vector<std::size_t>& rounds)
    : messages_(std::move(messages)), sentences_(std::move(sentences)) {
  for (std::size_t i = 0; i < messages_.size() && rounds_.size() < rounds.size(); ++i) {
    if (messages_[i].role != Message::Role::kAssistant) continue;
    rounds_.push_back({.message = i, .sentences = std::min(rounds[rounds_.size()], sentences_.size())});
  }
}

void ReplyRecord::add_sentence(std::string sentence) {
  sentences_.push_back(std::move(sentence));
}

void ReplyRecord::add_filler() {
  sentences_.emplace_back();
}

void ReplyRecord::end_round(std::string text, std::vector<ToolCall> calls) {
  rounds_.push_back({.message = messages_.size(), .sentences = sentences_.size()});
  messages_.push_back(assistant_message(std::move(text), std::move(calls)));
}

void ReplyRecord::end_broken_round() {
  const std::size_t begun = rounds_.empty() ? 0 : rounds_.back().sentences;
  if (begun < sentences_.size()) end_round(spoken(begun, sentences_.size()), {});
}

void ReplyRecord::add_answer(Message answer) {
  messages_.push_back(std::move(answer));
}

std::vector<Message> ReplyRecord::heard(std::size_t sentences) const {
  sentences = std::min(sentences, sentences_.size());
  std::vector<Message> out;
  const auto add = [&](Message message) {
    if (!message.text.empty() || !message.tool_calls.empty()) out.push_back(std::move(message));
  };
  std::size_t begun = 0;  // sentences of the rounds before
  for (std::size_t r = 0; r < rounds_.size(); ++r) {
    const Round& round = rounds_[r];
    const std::size_t next = r + 1 < rounds_.size() ? rounds_[r + 1].message : messages_.size();
    const std::span<const Message> its_answers(messages_.data() + round.message + 1, messages_.data() + next);
    Message message = messages_[round.message];
    if (sentences < round.sentences) message.text = spoken(begun, sentences);
    std::erase_if(message.tool_calls, [&](const ToolCall& call) {
      return std::ranges::none_of(its_answers, [&](const Message& one) { return answers(one, call); });
    });
    add(std::move(message));
    out.insert(out.end(), its_answers.begin(), its_answers.end());
    begun = round.sentences;
  }
  add(assistant_message(spoken(begun, sentences), {}));
  return out;
}

std::vector<std::size_t> ReplyRecord::rounds() const {
  std::vector<std::size_t> all;
  for (const Round& round : rounds_) all.push_back(round.sentences);
  return all;
}

std::string ReplyRecord::spoken(std::size_t from, std::size_t to) const {
  std::string text;
  for (std::size_t i = from; i < to; ++i) append_sentence(text, sentences_[i]);
  return text;
}

}  // namespace earshot::worker
