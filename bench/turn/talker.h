// One simulated user with a device, at the worker's door: speaks, waits for the answer, hears it, and speaks
// again; in realtime mode every answer is interrupted.
//
// Runs on: the io_context given.
// Borrows: gateway, speech and figures, which outlive it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "bench/turn/recorded_speech.h"
#include "bench/turn/scripted_gateway.h"
#include "common/asio/asio.h"

namespace earshot::bench {

struct Figures {
  std::vector<double> first_audio_ms;  // last voiced packet sent -> first audio of the answer here
  std::vector<double> barge_in_ms;     // first voiced packet sent -> "forget what is queued" here
  std::size_t failed_turns = 0;        // no answer within kPatience
};

struct TalkerPlan {
  int turns = 5;
  bool barge_in = false;  // realtime; each answer is interrupted
  Milliseconds starts_after{0};
};

class Talker {
 public:
  static constexpr Milliseconds kPatience{10'000};

  Talker(asio::io_context& io, ScriptedGateway& gateway, const RecordedSpeech& speech, Figures& figures,
         std::uint32_t session, TalkerPlan plan, std::function<void()> on_over);
  void start();

 private:
  enum class State { kOpening, kSpeaking, kAnswered, kInterrupting, kOver };

  void on_envelope(const ipc::Envelope& envelope);
  void begin_turn();
  void begin_speaking(bool listen_start);
  void send_packet();
  void on_first_audio(std::uint32_t turn);
  void on_silence();
  void on_speech_end(std::uint32_t turn);
  void end_turn();
  void finish();
  void report(ipc::PlayoutReport::Event event, std::uint32_t turn);
  void after(Milliseconds delay, void (Talker::*next)());
  void send(ipc::Envelope envelope);
  ipc::Envelope listen() const;

  ScriptedGateway& gateway_;
  const RecordedSpeech& speech_;
  Figures& figures_;
  std::uint32_t session_;
  TalkerPlan plan_;
  std::function<void()> on_over_;
  asio::steady_timer microphone_;
  asio::steady_timer pause_;

  State state_ = State::kOpening;
  int turns_left_;
  std::size_t next_packet_ = 0;
  bool microphone_on_ = false;
  std::uint32_t sequence_ = 0;
  SteadyTime packet_due_{};
  SteadyTime began_{};
  std::optional<SteadyTime> first_voiced_;
  std::optional<SteadyTime> last_voiced_;
  std::uint32_t turn_ = 0;     // of the worker
  std::uint32_t packets_ = 0;  // heard in it
};

}  // namespace earshot::bench
