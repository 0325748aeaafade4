// How far a client has played a reply, as far as one can know who sends it faster than it lasts: it plays from the
// first sound on, without a pause. Says when the worker is to be told. Pure.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "common/base/clock.h"

namespace earshot::gateway {

class HeardEstimate {
 public:
  struct Report {
    enum class Kind : std::uint8_t { kStarted, kSentence, kFinished };
    Kind kind = Kind::kStarted;
    std::uint32_t sentence = 0;
    std::uint64_t played_ms = 0;
  };

  void begin(std::uint32_t turn, SteadyTime now) {
    *this = {};
    turn_ = turn;
    since_ = now;
    started_due_ = true;
  }
  // Its sound begins here.
  void sentence(std::uint32_t number) { sentences_.push_back({number, sent_ms_}); }
  void sent(std::uint64_t ms, SteadyTime now) {
    // After a pause of its source the client plays on when sound comes again.
    if (now > since_ + Milliseconds(sent_ms_)) since_ = now - Milliseconds(sent_ms_);
    sent_ms_ += ms;
  }
  void end() { ended_ = true; }
  void stop() { *this = {}; }

  std::uint32_t turn() const { return turn_; }  // 0: nothing plays
  std::optional<Report> next(SteadyTime now) {
    const auto due = next_deadline();
    if (!due || now < *due) return std::nullopt;
    if (started_due_) {
      started_due_ = false;
      return Report{};
    }
    if (!sentences_.empty()) {
      const Mark mark = sentences_.front();
      sentences_.pop_front();
      last_ = mark.number;
      return Report{Report::Kind::kSentence, mark.number, mark.start_ms};
    }
    const Report report{Report::Kind::kFinished, last_, sent_ms_};
    stop();
    return report;
  }
  std::optional<SteadyTime> next_deadline() const {
    if (turn_ == 0) return std::nullopt;
    if (started_due_) return since_;
    if (!sentences_.empty()) return since_ + Milliseconds(sentences_.front().start_ms);
    return ended_ ? std::optional(since_ + Milliseconds(sent_ms_)) : std::nullopt;
  }

 private:
  struct Mark {
    std::uint32_t number = 0;
    std::uint64_t start_ms = 0;
  };
  std::uint32_t turn_ = 0;
  SteadyTime since_{};
  std::uint64_t sent_ms_ = 0;
  std::deque<Mark> sentences_;
  std::uint32_t last_ = 0;
  bool started_due_ = false;
  bool ended_ = false;
};

}  // namespace earshot::gateway
