#include "bench/simulator/playback_queue.h"

#include <algorithm>
#include <utility>

namespace earshot::simulator {

bool PlaybackQueue::push(Frame frame, SteadyTime now) {
  start_due(now);
  if (full()) return false;
  waiting_.push_back({std::move(frame), now});
  start_due(now);
  return true;
}

std::vector<PlaybackQueue::Played> PlaybackQueue::advance(SteadyTime now) {
  start_due(now);
  return std::exchange(started_, {});
}

std::size_t PlaybackQueue::flush(SteadyTime now) {
  start_due(now);
  const std::size_t lost = waiting_.size();
  waiting_.clear();
  played_since_flush_ = false;
  return lost;
}

void PlaybackQueue::start_due(SteadyTime now) {
  while (!waiting_.empty()) {
    const SteadyTime start = std::max(playing_until_, waiting_.front().arrival);
    if (start > now) return;
    started_.push_back(
        {std::move(waiting_.front().frame), start, played_since_flush_ && start > playing_until_});
    waiting_.pop_front();
    playing_until_ = start + frame_time_;
    played_since_flush_ = true;
  }
}

}  // namespace earshot::simulator
