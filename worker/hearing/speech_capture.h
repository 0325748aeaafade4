// From uplink packets to transcripts: order, Opus, 20 ms frames, voice activity, endpoint, recogniser.
//
// Runs on: one strand of the DSP pool, all methods and handlers;
// handlers may be called from inside any method.
// Owns: decoder, detector, endpointer, the recogniser's streams of this session.
// Borrows: the recogniser and the clock (for the trace alone), which outlive it.
// Lifecycle: deaf -> listen() -> waiting <-> in an utterance ->
// (auto, manual: deaf at its end) ... -> mute().
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/asio/asio.h"
#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "worker/hearing/echo_guard.h"
#include "worker/hearing/echo_remover.h"
#include "worker/hearing/endpointer.h"
#include "worker/hearing/hearing_estimate.h"
#include "worker/hearing/listen_mode.h"
#include "worker/hearing/recogniser_lag.h"
#include "worker/hearing/silence_policy.h"
#include "worker/hearing/speculation_timing.h"
#include "worker/hearing/uplink_decoder.h"
#include "worker/hearing/uplink_order.h"
#include "worker/hearing/utterance_id.h"
#include "worker/stages/asr.h"
#include "worker/stages/vad.h"
#include "worker/trace/stage_trace.h"

namespace earshot::worker {

struct SpeechCaptureConfig {
  EndpointerConfig endpoint;      // with the silence that a session starts with
  Milliseconds silence_min{400};  // bounds of what the silence adapts to
  Milliseconds silence_max{1000};
  // So much speech interrupts the device: as little as begins an utterance over its voice (EchoGuard),
  // because 60 ms packets alone hold a sound back for up to 60 ms, and 180 ms are all there is.
  Milliseconds barge_in_speech{60};
  int packet_ms = 60;  // what the device announced
  SoundCodec codec = SoundCodec::kOpus;
  int sample_rate_hz = 16000;  // of plain samples
  // The device leaves its echo to us; it plays packets of downlink_ms. Without a canceller, or with frames that do
  // not fit one, nobody is heard while it speaks.
  bool device_leaves_echo = false;
  int downlink_ms = 60;
  EchoCancellerMaker make_echo_canceller = nullptr;
  std::string language;
  std::shared_ptr<RecogniserLag> recogniser_lag = std::make_shared<RecogniserLag>();  // set; the agent's
  HearingEstimate learnt = {};  // elsewhere, of this speaker
};

struct CaptureStats {
  std::uint64_t lost_packets = 0;
  std::uint64_t late_packets = 0;
  std::uint64_t undecodable_packets = 0;
};

struct UtteranceEnd {
  Endpoint why = Endpoint::kNone;  // kSpeechEnded, kTooShort or kNoSpeech
  SteadyTime speech_ended_at;      // arrival of the last voiced frame; when listening began if there was none
  bool cut = false;                // by the longest that an utterance may be: there may have been more
};

struct SpeechCaptureHandlers {
  std::function<void(UtteranceId)> on_barge_in;  // once an utterance, if it is long enough
  std::function<void(UtteranceId, UtteranceEnd)> on_end;
  std::function<void(UtteranceId, Result<Transcript>)> on_transcript;  // after an on_end of kSpeechEnded
  // Optional, both. A pause in the utterance, with what the recogniser has understood so far (never empty):
  // as SpeculationTiming says, and again for each other text that comes within the same pause.
  // A recogniser without interim texts is never told of.
  std::function<void(UtteranceId, std::string words)> on_pause = nullptr;
  std::function<void(UtteranceId)> on_resumed = nullptr;  // after on_pause: the user goes on
  // Optional: right before on_transcript.
  std::function<void(UtteranceId, const UtteranceTimes&)> on_times = nullptr;
};

class SpeechCapture {
 public:
  // Two utterances can be with the recogniser at once (realtime); a third pushes the oldest out.
  static constexpr std::size_t kMaxDeciding = 2;

  SpeechCapture(SpeechCaptureConfig config, UplinkDecoder decoder, std::unique_ptr<Vad> vad, AsrProvider& asr,
                const Clock& clock, Executor strand, SpeechCaptureHandlers handlers);

  // A new stream of the device begins: its encoder starts afresh (device-protocol 7.1).
  void listen(std::uint32_t listening, ListenMode mode, SteadyTime now);
  // Nothing came of the utterance and the device still sends: wait for the next one in the same stream.
  void listen_again(SteadyTime now);
  void packet(UplinkPacket packet, SteadyTime arrival);
  void finish(SteadyTime now);  // push-to-talk was released: decide now
  void mute();                  // hear nothing until the next listen(), and forget what was heard
  void give_up_deciding();
  // The device speaks, which its microphone may hear (EchoGuard).
  void reply_begins(SteadyTime now);
  void reply_level(double loudest_db);
  void reply_ended(bool interrupted, SteadyTime now);
  // For the echo of a device that leaves it to us: a packet of the reply, in order, and when the device begins to
  // play a turn, with what timestamp.
  void reply_audio(TurnId turn, Bytes opus);
  void reply_plays(TurnId turn, std::uint32_t timestamp);
  void tick(SteadyTime now);

  std::optional<SteadyTime> deadline() const;  // tick() does nothing before
  bool in_utterance() const { return endpointer_.speaking(); }
  CaptureStats stats() const;
  bool echo_removed() const { return echo_remover_ && echo_remover_->converged(); }
  HearingEstimate estimate() const {
    return {.silence = silence_.speaker(), .echo_loss_db = echo_guard_.loss_db()};
  }

 private:
  struct Deciding {
    UtteranceId id;
    std::unique_ptr<AsrStream> stream;
  };

  void hear(const UplinkPacket& packet, SteadyTime arrival);
  void on_frame(std::span<const std::int16_t> frame, SteadyTime arrival);
  void act_on(Endpoint endpoint, SteadyTime now);
  void remove_echo(const UplinkPacket& packet, std::span<std::int16_t> heard);
  bool is_users_speech(std::span<const std::int16_t> frame, SteadyTime arrival);
  void begin_utterance(SteadyTime now);
  void adapt_silence();
  void on_interim(UtteranceId id, const std::string& words);
  void begin_pause();
  void tell_pause();
  void resume();
  void end_utterance(Endpoint why, SteadyTime now);
  void learn_lag();
  void begin_waiting(SteadyTime now);
  void drop_decided(UtteranceId id);

  SpeechCaptureConfig config_;
  UplinkDecoder decoder_;
  std::unique_ptr<Vad> vad_;
  AsrProvider& asr_;
  const Clock& clock_;
  Executor strand_;
  SpeechCaptureHandlers handlers_;

  UplinkOrder order_;
  Endpointer endpointer_;
  EchoGuard echo_guard_;
  std::optional<EchoRemover> echo_remover_;
  bool guarded_ = false;  // the guard's onset is in force
  SilencePolicy silence_;
  SpeculationTiming guess_;
  std::optional<SteadyTime> silence_ended_;  // an utterance, whose last speech arrived then
  ListenMode mode_ = ListenMode::kAuto;
  UtteranceId utterance_;
  std::vector<std::int16_t> samples_;  // less than a frame
  std::deque<std::int16_t> pre_roll_;  // the latest audio while waiting
  std::unique_ptr<AsrStream> stream_;  // of the utterance that goes on
  std::shared_ptr<UtteranceTimes> times_ = std::make_shared<UtteranceTimes>();  // of the same
  std::vector<Deciding> deciding_;
  Milliseconds speech_{0};  // in the utterance that goes on
  bool barge_in_told_ = false;
  std::string words_;                      // understood of it so far
  std::optional<Milliseconds> last_word_;  // so long behind the last voiced frame one of them was told
  bool words_stream_ = false;              // of the same: some were told while the user spoke
  bool paused_ = false;                    // it is silent now, maybe at its end
  std::string words_at_pause_;             // told in this pause; empty: none
  std::uint64_t undecodable_ = 0;
};

}  // namespace earshot::worker
