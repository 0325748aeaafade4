#include "gateway/live/session/playout.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace earshot::gateway {

namespace {

// Half of the smallest decode queue, whatever is configured: 40 packets up to firmware 2.4.2 (device-protocol
// 7.3), 20 since 2.5.0. The other half is for jitter, which comes on top.
constexpr int kMaxLeadFrames = 10;
// While the lead is filled, frames leave three times as fast as they play: a lead of five is there after
// 80 ms, and no two frames leave together.
constexpr int kFillRate = 3;

}  // namespace

Playout::Playout(const PlayoutConfig& config, std::pmr::memory_resource* memory)
    : config_(config), items_(memory) {
  config_.lead_frames = std::clamp(config_.lead_frames, 1, kMaxLeadFrames);
  config_.frame_duration = std::max(config_.frame_duration, Milliseconds{1});
}

PlayoutVerdict Playout::speech_start(TurnId turn) {
  if (turn <= newest_) return PlayoutVerdict::kStale;
  if (queued_marks_ >= config_.max_queued_marks) return PlayoutVerdict::kOverflow;
  drop_unfinished();
  if (speaking_) speaking_->paused = false;  // nobody would resume it, and the new turn waits behind it
  newest_ = turn;
  newest_state_ = NewestTurn::kOpen;
  items_.push_back({turn, StartItem{}});
  ++queued_marks_;
  return PlayoutVerdict::kQueued;
}

PlayoutVerdict Playout::sentence_start(TurnId turn, std::uint32_t sentence, std::string text) {
  if (const auto verdict = admit(turn); verdict != PlayoutVerdict::kQueued) return verdict;
  if (queued_marks_ >= config_.max_queued_marks) {
    newest_state_ = NewestTurn::kCut;
    return PlayoutVerdict::kOverflow;
  }
  items_.push_back({turn, SentenceItem{sentence, std::move(text)}});
  ++queued_marks_;
  return PlayoutVerdict::kQueued;
}

PlayoutVerdict Playout::frame(TurnId turn, ByteView opus) {
  if (const auto verdict = admit(turn); verdict != PlayoutVerdict::kQueued) return verdict;
  if (queued_frames_ >= config_.max_queued_frames) {
    newest_state_ = NewestTurn::kCut;
    return PlayoutVerdict::kOverflow;
  }
  items_.push_back({turn, FrameItem{{opus.begin(), opus.end(), items_.get_allocator()}}});
  ++queued_frames_;
  return PlayoutVerdict::kQueued;
}

PlayoutVerdict Playout::speech_end(TurnId turn) {
  const auto verdict = admit(turn);
  if (verdict != PlayoutVerdict::kQueued && verdict != PlayoutVerdict::kOverflow) return verdict;
  items_.push_back({turn, EndItem{}});
  newest_state_ = NewestTurn::kEnded;
  return PlayoutVerdict::kQueued;
}

Flushed Playout::flush(TurnId turn, SteadyTime now) {
  if (turn >= newest_) {
    newest_ = turn;
    newest_state_ = NewestTurn::kFlushed;
  }
  Flushed flushed;
  if (!items_.empty() && items_.front().turn <= turn) flushed.heard = Heard{items_.front().turn, 0, 0};
  flushed.frames_dropped = drop_front_through(turn);
  if (speaking_ && speaking_->heard.turn <= turn) {
    flushed.was_speaking = true;
    flushed.heard = heard_at(now);
    speaking_.reset();
  }
  return flushed;
}

Flushed Playout::flush_all(SteadyTime now) {
  return flush(newest_, now);
}

void Playout::pause(TurnId turn) {
  if (speaking_ && speaking_->heard.turn == turn) speaking_->paused = true;
}

void Playout::resume(TurnId turn) {
  if (speaking_ && speaking_->heard.turn == turn) speaking_->paused = false;
}

void Playout::take_back_sentence() {
  if (newest_state_ != NewestTurn::kOpen) return;
  const auto begins = std::find_if(items_.rbegin(), items_.rend(), [this](const Item& item) {
    return item.turn == newest_ && std::holds_alternative<SentenceItem>(item.what);
  });
  if (begins == items_.rend()) return;
  for (bool more = true; more;) {
    more = !std::holds_alternative<SentenceItem>(items_.back().what);
    if (more) {
      --queued_frames_;
      ++dropped_frames_;
    } else {
      --queued_marks_;
    }
    items_.pop_back();
  }
}

void Playout::end_newest() {
  if (newest_state_ == NewestTurn::kOpen || newest_state_ == NewestTurn::kCut) (void)speech_end(newest_);
}

NewestSpeech Playout::newest_speech() const {
  if (newest_ == TurnId{}) return NewestSpeech::kNone;
  switch (newest_state_) {
    case NewestTurn::kOpen:
    case NewestTurn::kCut:
      return NewestSpeech::kOpen;
    case NewestTurn::kEnded:
      break;
    case NewestTurn::kFlushed:
      return NewestSpeech::kOver;
  }
  const bool plays = speaking_ && speaking_->heard.turn == newest_;
  return plays || !items_.empty() ? NewestSpeech::kEnded : NewestSpeech::kOver;
}

std::optional<PlayoutStep> Playout::poll(SteadyTime now, Milliseconds start_guard) {
  const auto due = next_deadline();
  if (!due || *due > now) return std::nullopt;
  Item item = std::move(items_.front());
  pop();
  if (std::holds_alternative<StartItem>(item.what)) {
    speaking_ = Speaking{.heard = {item.turn, 0, 0}, .since = now, .start_guard = start_guard};
    return StartSpeech{speaking_->heard};
  }
  if (auto* sentence = std::get_if<SentenceItem>(&item.what)) {
    speaking_->heard.sentence = sentence->sentence;
    return ShowSentence{heard_at(now), std::move(sentence->text)};
  }
  if (auto* frame = std::get_if<FrameItem>(&item.what)) {
    ++speaking_->frames_sent;
    speaking_->last_sent = now;
    // After a stall the device's queue is empty: the clock restarts here.
    speaking_->play_end = std::max(speaking_->play_end, now) + config_.frame_duration;
    return SendFrame{std::move(frame->opus)};
  }
  const StopSpeech stop{heard_at(now)};
  speaking_.reset();
  return stop;
}

std::optional<SteadyTime> Playout::next_deadline() const {
  if (items_.empty() || (speaking_ && speaking_->paused)) return std::nullopt;
  const auto& head = items_.front().what;
  if (std::holds_alternative<StartItem>(head)) return SteadyTime{};
  if (std::holds_alternative<FrameItem>(head)) return next_frame_at();
  if (std::holds_alternative<EndItem>(head)) return stop_at();
  // A sentence waits for its first frame; one that has no frame is shown when that is known.
  if (items_.size() == 1) return std::nullopt;
  if (std::holds_alternative<FrameItem>(std::next(items_.begin())->what)) return next_frame_at();
  return SteadyTime{};
}

std::optional<SteadyTime> Playout::speaking_since() const {
  if (!speaking_) return std::nullopt;
  return speaking_->since;
}

std::size_t Playout::take_dropped_frames() {
  return std::exchange(dropped_frames_, 0);
}

PlayoutVerdict Playout::admit(TurnId turn) const {
  if (turn < newest_) return PlayoutVerdict::kStale;
  if (turn > newest_) return PlayoutVerdict::kOutOfOrder;
  switch (newest_state_) {
    case NewestTurn::kOpen:
      return PlayoutVerdict::kQueued;
    case NewestTurn::kCut:
      return PlayoutVerdict::kOverflow;
    case NewestTurn::kEnded:
      return PlayoutVerdict::kOutOfOrder;
    case NewestTurn::kFlushed:
      return PlayoutVerdict::kStale;
  }
  return PlayoutVerdict::kOutOfOrder;
}

void Playout::pop() {
  const auto& what = items_.front().what;
  if (std::holds_alternative<FrameItem>(what)) --queued_frames_;
  if (std::holds_alternative<StartItem>(what) || std::holds_alternative<SentenceItem>(what)) --queued_marks_;
  items_.pop_front();
}

// RETURNS: the number of frames among what was dropped. Turns stand in the queue in growing order.
std::size_t Playout::drop_front_through(TurnId turn) {
  const std::size_t before = queued_frames_;
  while (!items_.empty() && items_.front().turn <= turn) pop();
  return before - queued_frames_;
}

// A new turn starts although the newest one never ended: drops what is left of that, and ends it properly if
// the device hears it already.
void Playout::drop_unfinished() {
  if (newest_state_ != NewestTurn::kOpen && newest_state_ != NewestTurn::kCut) return;
  while (!items_.empty() && items_.back().turn == newest_) {
    const auto& what = items_.back().what;
    if (std::holds_alternative<FrameItem>(what)) {
      --queued_frames_;
      ++dropped_frames_;
    } else {
      --queued_marks_;  // it has no end yet: a start or a sentence
    }
    items_.pop_back();
  }
  if (speaking_ && speaking_->heard.turn == newest_) items_.push_back({newest_, EndItem{}});
}

// REQUIRES: speaking().
Heard Playout::heard_at(SteadyTime now) const {
  Heard heard = speaking_->heard;
  const auto ahead = std::max(speaking_->play_end - now, SteadyTime::duration::zero());
  const SteadyTime::duration frame = config_.frame_duration;
  const auto unplayed = static_cast<std::uint32_t>((ahead + frame - SteadyTime::duration{1}) / frame);
  heard.frames_played = speaking_->frames_sent - std::min(unplayed, speaking_->frames_sent);
  return heard;
}

// REQUIRES: speaking(). The earliest time at which the lead has room for one frame more.
SteadyTime Playout::next_frame_at() const {
  if (speaking_->frames_sent == 0) return speaking_->since + speaking_->start_guard;
  const auto room = speaking_->play_end - config_.frame_duration * (config_.lead_frames - 1);
  const SteadyTime::duration spacing = SteadyTime::duration{config_.frame_duration} / kFillRate;
  return std::max(room, speaking_->last_sent + spacing);
}

// REQUIRES: speaking().
SteadyTime Playout::stop_at() const {
  if (speaking_->frames_sent == 0) return speaking_->since;
  return speaking_->play_end + config_.tail_guard;
}

}  // namespace earshot::gateway
