#include "gateway/live/session/continuity.h"

#include <algorithm>
#include <utility>

namespace earshot::gateway {

void Continuity::resume(std::string earlier) {
  if (earlier.size() > kMaxCheckpointBytes || !budget_.take(earlier.size())) return;
  budget_.give(earlier_.size());
  earlier_ = std::move(earlier);
}

void Continuity::go_on_from(const std::string& checkpoint, const ipc::Moved& spoken) {
  on_ = true;
  ipc::SessionCheckpoint kept;
  kept.set_state(checkpoint);
  keep(kept);
  speech_began(TurnId{spoken.turn()});
  for (const std::string& sentence : spoken.said())
    sentence_began(turn_, static_cast<std::uint32_t>(texts_.size() + 1), sentence);
  begun_ = spoken.sentences();
  whole_ = spoken.sentences();
  heard_ = spoken.heard();
}

void Continuity::carried_by(bool hands_over) {
  on_ = hands_over;
  requests_ = 0;  // its ids begin anew
  if (on_) return;
  budget_.give(checkpoint_.size());
  checkpoint_.clear();
  uplink_.settle(UINT64_MAX);
}

void Continuity::keep(const ipc::SessionCheckpoint& checkpoint) {
  if (!on_) return;
  const std::string& state = checkpoint.state();
  budget_.give(checkpoint_.size());
  refused_ = state.size() > kMaxCheckpointBytes || !budget_.take(state.size());
  checkpoint_.assign(refused_ ? std::string() : state);
  if (!refused_) {
    budget_.give(earlier_.size());
    earlier_ = {};
  }
  uplink_.settle(checkpoint.uplink());
  requests_ = checkpoint.tool_requests();
  answered_ = TurnId{checkpoint.answered()};
  if (answered_ > answered_at_loss_) losses_ = 0;
}

void Continuity::speech_began(TurnId turn) {
  turn_ = turn;
  begun_ = 0;
  whole_ = 0;
  heard_ = 0;
  texts_.clear();
  text_bytes_ = 0;
}

void Continuity::sentence_began(TurnId turn, std::uint32_t sentence, const std::string& text) {
  if (!on_ || turn != turn_) return;
  begun_ = sentence;
  whole_ = std::max(whole_, sentence == 0 ? 0 : sentence - 1);
  if (sentence != texts_.size() + 1 || text_bytes_ + text.size() > kMaxTextBytes) return;
  texts_.push_back(text);
  text_bytes_ += text.size();
}

void Continuity::sentence_ended(TurnId turn, std::uint32_t sentence) {
  if (turn == turn_) whole_ = std::max(whole_, std::min(sentence, begun_));
}

void Continuity::speech_ended(TurnId turn) {
  if (turn == turn_) whole_ = begun_;
}

void Continuity::heard(const Heard& heard) {
  if (heard.turn == turn_) heard_ = heard.sentence;
}

void Continuity::say(const std::string& id, const std::string& text) {
  if (!on_) return;
  ipc::Say& say = says_.emplace_back();
  say.set_id(id);
  say.set_text(text);
  if (says_.size() > kMaxSays) says_.pop_front();
}

void Continuity::said(const std::string& id) {
  std::erase_if(says_, [&](const ipc::Say& say) { return say.id() == id; });
}

bool Continuity::lost_worker() {
  answered_at_loss_ = answered_;
  return ++losses_ < kMaxLosses;
}

ipc::Moved Continuity::moved(NewestSpeech newest, TurnId turn) const {
  ipc::Moved moved;
  moved.set_turn(number(turn));
  switch (newest) {
    case NewestSpeech::kNone:
      moved.set_speech(ipc::Moved::kNone);
      return moved;
    case NewestSpeech::kOpen:
      moved.set_speech(ipc::Moved::kOpen);
      break;
    case NewestSpeech::kEnded:
      moved.set_speech(ipc::Moved::kEnded);
      break;
    case NewestSpeech::kOver:
      moved.set_speech(ipc::Moved::kOver);
      break;
  }
  if (turn != turn_) return moved;  // flushed before it began
  moved.set_sentences(whole_);
  moved.set_heard(heard_);
  for (std::size_t i = 0; i < texts_.size() && i < whole_; ++i) moved.add_said(texts_[i]);
  return moved;
}

}  // namespace earshot::gateway
