// The ear of a conversation: takes the device's packets on the conversation's executor, has them heard by a
// SpeechCapture on a strand of the DSP pool, and brings back what happened.
//
// Runs on: the conversation's executor, all methods and handlers;
// handlers are never called from inside a method.
// Owns: the SpeechCapture (used and destroyed on the strand) and a queue of at most kMaxQueuedPackets; when
// the pool is that far behind, the oldest audio is left out (dropped_packets). Commands keep their place
// among the packets. Also what came while nobody listened, as EarlyAudio keeps it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/asio/asio.h"
#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/base/result.h"
#include "worker/hearing/early_audio.h"
#include "worker/hearing/speech_capture.h"

namespace earshot::worker {

class AudioInput : public std::enable_shared_from_this<AudioInput> {
 public:
  static constexpr std::size_t kMaxQueuedPackets = 100;  // 6 s at 60 ms
  static constexpr std::size_t kMaxReplay = 4096;        // more than the gateway keeps (uplink_ring.h)

  struct Stats {
    CaptureStats capture;
    std::uint64_t dropped_packets = 0;
  };

  // kInvalid: `config` names a rate or a frame duration that its codec does not have. `strand` must run one handler at a time.
  static Result<std::shared_ptr<AudioInput>> create(SpeechCaptureConfig config, std::unique_ptr<Vad> vad,
                                                    AsrProvider& asr, const Clock& clock, Executor executor,
                                                    Executor strand, SpeechCaptureHandlers handlers);
  ~AudioInput();
  AudioInput(const AudioInput&) = delete;
  AudioInput& operator=(const AudioInput&) = delete;

  // What a listen() at this time will hear first: sent in front of it, while nobody listened.
  std::vector<EarlyAudio::Arrived> early_audio(SteadyTime now) const;
  // RETURNS: the number of this listening; handlers carry it. Later events of an older one never come.
  std::uint32_t listen(ListenMode mode, SteadyTime now);
  // What was said while another worker was looked for comes at once: kMaxReplay may wait, for a moment.
  void expect_replay(SteadyTime now) { replay_until_ = now + std::chrono::seconds(5); }
  void listen_again(SteadyTime now);  // in the same mode; the next utterance of the same stream unless muted
  void push(UplinkPacket packet, SteadyTime arrival);
  void finish(SteadyTime now);
  void mute(SteadyTime now);
  void give_up_deciding(SteadyTime now);
  // The device plays a reply (what it plays may come back: EchoGuard), of which this is the loudest part so
  // far, until it has ended or was flushed. The level may come before the reply begins.
  void reply_begins(SteadyTime now);
  void reply_level(double loudest_db, SteadyTime now);
  void reply_ended(bool interrupted, SteadyTime now);
  // As SpeechCapture says; for devices that leave their echo to us.
  void reply_audio(TurnId turn, Bytes opus, SteadyTime now);
  void reply_plays(TurnId turn, std::uint32_t timestamp, SteadyTime now);
  void tick(SteadyTime now);
  void close();  // no handler is called any more

  Stats stats() const;
  HearingEstimate estimate() const { return estimate_; }  // as far as the strand has come
  // Whether somebody speaks, as far as the strand has come; also in a short pause, and while a key is held.
  bool in_utterance() const { return in_utterance_ && !deaf_; }

 private:
  struct Item {
    enum class Kind {
      kPacket,
      kListen,
      kListenAgain,
      kFinish,
      kMute,
      kGiveUp,
      kTick,
      kReplyBegins,
      kReplyLevel,
      kReplyEnded,
      kReplyInterrupted,
      kReplyAudio,
      kReplyPlays
    };
    Kind kind = Kind::kPacket;
    SteadyTime time;
    UplinkPacket packet;
    ListenMode mode = ListenMode::kAuto;
    std::uint32_t listening = 0;
    double level_db = 0;
    TurnId turn{};
  };

  AudioInput(Milliseconds packet, Executor executor, Executor strand, SpeechCaptureHandlers handlers);
  SpeechCaptureHandlers forwarding_handlers();
  bool is_current(UtteranceId id) const { return open_ && id.listening == listening_; }
  void add(Item item);
  void pump();
  static void run(SpeechCapture& capture, Item item);

  Executor executor_;
  Executor strand_;
  SpeechCaptureHandlers handlers_;
  std::shared_ptr<SpeechCapture> capture_;  // touched on the strand only
  std::deque<Item> queue_;
  std::size_t queued_packets_ = 0;
  SteadyTime replay_until_{};
  bool pumping_ = false;
  bool open_ = true;
  bool deaf_ = true;
  ListenMode mode_ = ListenMode::kAuto;
  std::uint32_t listening_ = 0;
  EarlyAudio early_;
  bool in_utterance_ = false;
  CaptureStats capture_stats_;
  HearingEstimate estimate_;
  std::optional<SteadyTime> deadline_;  // of the capture, when the latest batch had run
  std::uint64_t dropped_packets_ = 0;
};

}  // namespace earshot::worker
