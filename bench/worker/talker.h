// One device of the bench, as its gateway presents it to the worker: speaks at real time, is answered, hears
// the answer at real time, speaks again. Pure.
//
// Lifecycle: open -> listening (packets every 60 ms: speech, then silence until an answer begins) -> hearing
// (until what was sent has played) -> listening ...
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "ipc.pb.h"

namespace earshot::bench {

inline constexpr int kPacketMs = 60;

// What a device sends while its user says one sentence and waits. Shared by all talkers.
struct UserSpeech {
  std::vector<Bytes> speech;   // one packet each
  std::vector<Bytes> silence;  // repeated
};

struct TalkerStats {
  std::uint64_t turns = 0;       // answered
  std::uint64_t unanswered = 0;  // nothing came within kPatience
  std::uint64_t frames_up = 0;
  std::uint64_t frames_down = 0;
  std::vector<double> answer_ms;  // from the last packet of speech to the first one of the answer
};

class Talker {
 public:
  using Send = std::function<void(const ipc::Envelope&, bool audio)>;
  static constexpr Milliseconds kPatience{15'000};

  // `speech` and what `send` refers to outlive it. It says its first word at `begin`.
  Talker(std::uint32_t session, const UserSpeech& speech, SteadyTime begin, Send send);

  void open();  // asks the worker for the session
  void on_envelope(const ipc::Envelope& envelope, SteadyTime now);
  void tick(SteadyTime now);

  bool is_open() const { return opened_; }
  bool refused() const { return refused_; }
  const TalkerStats& stats() const { return stats_; }
  void forget_stats() { stats_ = {}; }

 private:
  enum class State { kSilent, kListening, kHearing };
  struct Sentence {
    std::uint32_t number = 0;
    std::uint64_t first_frame = 0;  // of the turn
  };

  void listen(SteadyTime now);
  void send_packet(SteadyTime at);
  void hear(SteadyTime now);
  void report(ipc::PlayoutReport::Event event, std::uint32_t sentence, std::uint64_t frames);
  ipc::Envelope envelope() const;

  const std::uint32_t session_;
  const UserSpeech& speech_;
  Send send_;
  TalkerStats stats_;
  State state_ = State::kSilent;
  bool opened_ = false;
  bool refused_ = false;

  SteadyTime next_packet_;
  std::size_t position_ = 0;  // in the speech, and then in the silence
  std::uint32_t sequence_ = 0;
  SteadyTime speech_end_{};

  std::uint32_t turn_ = 0;
  SteadyTime first_audio_{};
  std::uint64_t frames_ = 0;
  std::uint32_t playing_ = 0;  // sentence
  std::vector<Sentence> sentences_;
  bool all_sent_ = false;
};

}  // namespace earshot::bench
