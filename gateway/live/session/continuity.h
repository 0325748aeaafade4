// What another worker needs to go on with a session: the last checkpoint, unread; what the device has said since;
// how far the speech of the newest turn came; what was asked to be said and is not reported. Pure.
//
// Runs on: the shard's thread.
// Owns: at most kMaxCheckpointBytes, UplinkRing::kMaxBytes, kMaxTextBytes and kMaxSays. Without room in the budget a
// checkpoint is not kept, and the session cannot move until there is: is_usable().
// Borrows: the budget, which outlives it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "gateway/live/session/continuity_budget.h"
#include "gateway/live/session/playout.h"
#include "gateway/live/session/uplink_ring.h"
#include "ipc.pb.h"

namespace earshot::gateway {

class Continuity {
 public:
  static constexpr std::size_t kMaxCheckpointBytes = 192 * 1024;  // as workers write them
  static constexpr std::size_t kMaxTextBytes = 16 * 1024;         // of the sentences of one turn
  static constexpr std::size_t kMaxSays = 16;                     // a worker takes nine
  // A session that loses so many workers without an answer between them is not given to another one: it may be
  // what they die of.
  static constexpr int kMaxLosses = 2;

  explicit Continuity(ContinuityBudget& budget) : budget_(budget), uplink_(budget) {}
  ~Continuity() { budget_.give(checkpoint_.size() + earlier_.size()); }
  Continuity(const Continuity&) = delete;
  Continuity& operator=(const Continuity&) = delete;

  // The last checkpoint of an earlier session, whose dialogue goes on in this one. Counts until one of this session has
  // come. Without room for it nothing is kept.
  void resume(std::string earlier);
  const std::string& earlier() const { return earlier_; }
  // What another session of the device may go on with: the dialogue as far as it is known.
  const std::string& dialogue() const { return checkpoint_.empty() ? earlier_ : checkpoint_; }

  // Goes on where another gateway was.
  void go_on_from(const std::string& checkpoint, const ipc::Moved& spoken);

  // Its worker writes checkpoints, or does not: then nothing is kept.
  void carried_by(bool hands_over);
  bool is_usable() const { return on_ && !refused_; }

  // What the device says, as the worker gets it.
  void add_audio(const ipc::AudioUp& audio) {
    if (on_) uplink_.add_audio(audio);
  }
  void add_control(const ipc::Envelope& control) {
    if (on_) uplink_.add_control(control);
  }

  // What the worker says.
  void keep(const ipc::SessionCheckpoint& checkpoint);
  void uplink_heard(std::uint64_t count) { uplink_.settle(count); }
  void speech_began(TurnId turn);
  void sentence_began(TurnId turn, std::uint32_t sentence, const std::string& text);
  void sentence_ended(TurnId turn, std::uint32_t sentence);
  void speech_ended(TurnId turn);
  // The last sentence of the turn came in part only.
  bool has_cut_sentence() const { return begun_ > whole_; }
  void heard(const Heard& heard);

  void say(const std::string& id, const std::string& text);
  void said(const std::string& id);
  const std::deque<ipc::Say>& says() const { return says_; }

  // A worker died with it.
  // RETURNS: false: too many have.
  bool lost_worker();
  std::int64_t settled_requests() const { return requests_; }
  const std::string& checkpoint() const { return checkpoint_; }
  ipc::Moved moved(NewestSpeech newest, TurnId turn) const;
  UplinkRing& uplink() { return uplink_; }

 private:
  ContinuityBudget& budget_;
  bool on_ = false;
  bool refused_ = false;  // the latest checkpoint found no room
  std::string checkpoint_;
  std::string earlier_;
  std::int64_t requests_ = 0;
  TurnId answered_{};
  UplinkRing uplink_;

  TurnId turn_{};  // the newest that has begun
  std::uint32_t begun_ = 0;
  std::uint32_t whole_ = 0;
  std::uint32_t heard_ = 0;
  std::vector<std::string> texts_;  // of sentences 1, 2, ...
  std::size_t text_bytes_ = 0;

  std::deque<ipc::Say> says_;
  int losses_ = 0;
  TurnId answered_at_loss_{};
};

}  // namespace earshot::gateway
