// What was said and heard in the turns of a conversation, for the gateway's records: the user's words, the
// sentences that the device really played, and on request the audio of both. Pure: times are given.
//
// Lifecycle of a turn in here: begin() -> sentence(), packet() as they leave -> playout() as the gateway
// reports -> ended() -> given to the sink, once. A turn that was cut while it played waits for the report of
// what was heard, at most kPatience.
// Bounded: kMaxOpen turns (the oldest is given away early), kMaxAudio and kMaxAudioBytes of audio of each
// side (the user's latest, the reply's first).
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "ipc.pb.h"
#include "worker/trace/turn_trace.h"

namespace earshot::worker {

using WallClockTime = std::chrono::system_clock::time_point;

struct TurnRecord {
  TurnTrace trace;
  WallClockTime started{};
  std::string user_text;
  std::string reply_text;         // the sentences that were heard, the last one perhaps in part
  bool heard_whole = false;       // the playout came to its end
  std::vector<Bytes> user_audio;  // Opus packets
  std::vector<Bytes> reply_audio;
};

struct TurnJournalConfig {
  bool audio = false;
  Milliseconds uplink_frame{60};
  Milliseconds downlink_frame{60};
};

class TurnJournal {
 public:
  static constexpr std::size_t kMaxOpen = 4;
  static constexpr Milliseconds kPatience{1000};  // the report of a flush takes milliseconds
  static constexpr Milliseconds kMaxAudio{30'000};
  // Both sides and all texts must fit one record of the link (256 KiB).
  static constexpr std::size_t kMaxAudioBytes = 96 * 1024;
  static constexpr std::size_t kMaxTextBytes = 8 * 1024;

  using Sink = std::function<void(TurnRecord)>;

  TurnJournal(TurnJournalConfig config, Sink sink) : config_(config), sink_(std::move(sink)) {}

  // What the device sends while it is listened to; the next spoken turn takes it with it.
  void listening() { user_audio_ = {}; }
  void audio_up(ByteView opus);

  void begin(TurnId turn, TurnSource source, std::string user_text, WallClockTime wall);
  void leaves(const ipc::Envelope& envelope);  // to the gateway: what belongs to a turn is noted
  void playout(const ipc::PlayoutReport& report);
  void ended(const TurnTrace& trace, SteadyTime now);
  void tick(SteadyTime now);
  void close();  // whoever waits is given away now

 private:
  // The packets of one side, and how much there are.
  struct Audio {
    std::deque<Bytes> packets;
    std::size_t bytes = 0;
    void add(ByteView opus) {
      packets.emplace_back(opus.begin(), opus.end());
      bytes += opus.size();
    }
    void drop_oldest() {
      bytes -= packets.front().size();
      packets.pop_front();
    }
  };
  struct Open {
    TurnId turn{};
    WallClockTime started{};
    std::string user_text;
    Audio user_audio;
    Audio reply_audio;
    std::vector<std::string> sentences;  // [i]: of number i + 1
    bool speaks = false;
    bool playout_over = false;
    bool finished = false;
    std::uint32_t sentence_heard = 0;
    std::uint32_t frames_heard = 0;
    std::optional<TurnTrace> trace;  // it has ended
    SteadyTime wait_until{};
  };

  Open* find(std::uint32_t turn);
  void give_settled(SteadyTime now);
  TurnRecord record_of(Open open) const;

  TurnJournalConfig config_;
  Sink sink_;
  Audio user_audio_;
  std::deque<Open> open_;
};

}  // namespace earshot::worker
