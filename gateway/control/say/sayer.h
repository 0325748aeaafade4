// Makes devices speak: in a session as a turn of the server; while idle by a speak request (speak_request.h),
// where the device knows it, or by a `notify` with the speech to fetch (firmware 2.5.0 and newer); else, or when
// that fails, by an alert on its screen, with the device's own sound.
//
//   asking ──taken──▶ speaking ──heard──▶ done("speech" or "speak_request")
//     ├─not yet──▶ coming ──▶ asking                         (3 s, else alert)
//     └─no session──▶ waking ──speak_ready──▶ asking         (10 s, else alert)
//                ├──▶ reciting ──speech──▶ notified ──fetched whole──▶ done("notify")
//                │        └─no voice─▶ alert    └─not fetched in 10 s──▶ asking, else alert
//                └──▶ alert ──▶ done("alert", why)
//
// Runs on: the gateway's main executor.
// Owns: the says that are under way, the speech that devices fetch, one timer.
// Borrows: directory and clock.
// Lifecycle: made -> used -> stop().
// Bounded: kMaxPending, each at most about kWakePatience + kSpeechPatience; the speech by notice_store.h.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/base/counters.h"
#include "gateway/control/commands/say_port.h"
#include "gateway/control/devices/device_directory.h"
#include "gateway/control/say/notice_store.h"
#include "gateway/live/session/say_verdict.h"
#include "gateway/live/session/speech.h"
#include "gateway/live/workers/worker_news.h"

namespace earshot::gateway {

enum class SayEvent {
  kSpoken,
  kShown,
  kSpeakRequest,
  kNotify,
  kFetched,
  kNotFetched,  // the device was busy, knows no notify, or lost the connection
  kNoVoice,     // no worker made the speech for it
  kNoAddress,   // a conversation from which no sound came
  kWakeTimeout,
  kSpeechTimeout,
  kNotHeard,  // the worker or the user ended it
  kTooMany,
  kReadyForNothing,  // a device was woken, and nobody wants it any more
  kCount
};
inline constexpr std::array<std::string_view, static_cast<std::size_t>(SayEvent::kCount)> kSayEventNames{
    "say_spoken",      "say_shown",    "say_speak_request",    "say_notify",       "say_fetched",
    "say_not_fetched", "say_no_voice", "say_no_address",       "say_wake_timeout", "say_speech_timeout",
    "say_not_heard",   "say_too_many", "say_ready_for_nothing"};
using SayCounters = Counters<SayEvent, kSayEventNames>;

class Sayer final : public commands::SayPort {
 public:
  static constexpr std::size_t kMaxPending = 10'000;
  static constexpr Milliseconds kWakePatience{10'000};
  // A minute of text, behind a minute of others' speech.
  static constexpr Milliseconds kSpeechPatience{120'000};
  // A device that has said hello sends its first sound within a second, when its microphone is warm.
  static constexpr Milliseconds kComingPatience{3'000};
  // The device plays its own sound first, then asks; it may fetch as slowly as it plays.
  static constexpr Milliseconds kFetchPatience{10'000};
  static constexpr Milliseconds kTick{250};

  struct Doors {
    // ShardProxy::post_say of the device's shard.
    std::function<void(const DeviceId&, std::string id, std::string text, std::function<void(SayVerdict)>)>
        speak;
    std::function<bool(const std::string& client_id, const std::string& json)> push;
    std::function<void(const DeviceId&, const SessionId&)> close_session;
    // Whether a device takes a speak request, beyond what it announced; and whether it takes a notify.
    std::function<bool(const DeviceEntry&)> takes_speak_request = {};
    std::function<bool(const DeviceEntry&)> takes_notify = {};
    // ShardProxy::post_recite of the device's shard.
    std::function<void(const DeviceEntry&, std::string text, std::function<void(Result<Speech>)>)> recite =
        {};
    std::string base_url = {};  // how devices reach our HTTP port, without a slash at its end
  };

  Sayer(Executor executor, const DeviceDirectory& directory, const Clock& clock, Doors doors);
  void stop();  // whoever waits is told

  void say(const DeviceId& device, std::string text, Done done) override;
  void speak_ready(const DeviceId& device, const SessionId& session);
  void ended(const SayNews& news);
  // A device asks for a notice of notices(); and what became of that.
  // RETURNS: how long it takes to be played: as slowly it may be fetched.
  Milliseconds fetch_begins(std::uint64_t notice);
  void fetched(std::uint64_t notice, bool whole);
  void tick();

  const NoticeStore& notices() const { return notices_; }
  const SayCounters& counters() const { return counters_; }
  std::size_t pending() const { return pending_.size(); }

 private:
  enum class State { kAsking, kComing, kSpeaking, kWaking, kReciting, kNotified };
  struct Pending {
    DeviceId device;
    std::string text;
    Done done;
    State state = State::kAsking;
    bool woken = false;  // it was asked to speak while idle, one way or the other, and is not asked again
    std::string why_not = {};  // it will be shown, then
    std::uint64_t notice = 0;  // of notices_; 0: none
    Milliseconds plays_for{};
    SteadyTime since{};  // it came
    SteadyTime deadline{};
  };
  using Entries = std::map<std::uint64_t, Pending>;

  void ask(std::uint64_t number);
  void on_asked(std::uint64_t number, SayVerdict verdict);
  void on_no_session(Entries::iterator entry);
  bool wake(Pending& pending);
  bool recite(std::uint64_t number, Pending& pending);
  void on_recited(std::uint64_t number, Result<Speech> speech);
  // RETURNS: why it could not be sent; empty: it was.
  std::string notify(Pending& pending, const Speech& speech);
  void not_fetched(std::uint64_t number);
  Entries::iterator find_notified(std::uint64_t notice);
  void show(Entries::iterator entry, std::string why);
  void finish(Entries::iterator entry, Result<commands::Said> how);
  void arm();

  asio::steady_timer timer_;
  Executor executor_;
  const DeviceDirectory& directory_;
  const Clock& clock_;
  Doors doors_;
  SayCounters counters_;
  NoticeStore notices_;
  Entries pending_;  // by number, in the order of coming
  std::uint64_t last_ = 0;
  bool armed_ = false;
  bool stopped_ = false;
};

}  // namespace earshot::gateway
