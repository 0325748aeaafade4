// Makes devices speak: in a session as a turn of the server; while idle by a speak request (speak_request.h),
// where the device knows it; else, or when that fails, by an alert on its screen,
// with the device's own sound.
//
//   asking ──session──▶ speaking ──heard──▶ done("speech" or "speak_request")
//     └─no session──▶ waking ──speak_ready──▶ asking       (10 s, else alert)
//                └──▶ alert ──▶ done("alert")
//
// Runs on: the gateway's main executor.
// Owns: the says that are under way, one timer.
// Borrows: directory and clock.
// Lifecycle: made -> used -> stop().
// Bounded: kMaxPending, each at most kWakePatience + kSpeechPatience.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/base/counters.h"
#include "gateway/commands/say_port.h"
#include "gateway/devices/device_directory.h"
#include "gateway/shard/worker_news.h"

namespace earshot::gateway {

enum class SayEvent {
  kSpoken,
  kShown,
  kSpeakRequest,
  kWakeTimeout,
  kSpeechTimeout,
  kNotHeard,  // the worker or the user ended it
  kTooMany,
  kReadyForNothing,  // a device was woken, and nobody wants it any more
  kCount
};
inline constexpr std::array<std::string_view, static_cast<std::size_t>(SayEvent::kCount)> kSayEventNames{
    "say_spoken",         "say_shown",     "say_speak_request", "say_wake_timeout",
    "say_speech_timeout", "say_not_heard", "say_too_many",      "say_ready_for_nothing"};
using SayCounters = Counters<SayEvent, kSayEventNames>;

class Sayer final : public commands::SayPort {
 public:
  static constexpr std::size_t kMaxPending = 10'000;
  static constexpr Milliseconds kWakePatience{10'000};
  // A minute of text, behind a minute of others' speech.
  static constexpr Milliseconds kSpeechPatience{120'000};
  static constexpr Milliseconds kTick{250};

  struct Doors {
    // ShardProxy::post_say of the device's shard.
    std::function<void(const DeviceId&, std::string id, std::string text, std::function<void(bool)>)> speak;
    std::function<bool(const std::string& client_id, const std::string& json)> push;
    std::function<void(const DeviceId&, const SessionId&)> close_session;
    // Whether a device takes a speak request, beyond what it announced.
    std::function<bool(const DeviceEntry&)> takes_speak_request = {};
  };

  Sayer(Executor executor, const DeviceDirectory& directory, const Clock& clock, Doors doors);
  void stop();  // whoever waits is told

  void say(const DeviceId& device, std::string text, Done done) override;
  void speak_ready(const DeviceId& device, const SessionId& session);
  void ended(const SayNews& news);
  void tick();

  const SayCounters& counters() const { return counters_; }
  std::size_t pending() const { return pending_.size(); }

 private:
  enum class State { kAsking, kSpeaking, kWaking };
  struct Pending {
    DeviceId device;
    std::string text;
    Done done;
    State state = State::kAsking;
    bool woken = false;
    SteadyTime deadline{};
  };
  using Entries = std::map<std::uint64_t, Pending>;

  void ask(std::uint64_t number);
  void on_asked(std::uint64_t number, bool in_session);
  bool wake(Pending& pending);
  void show(Entries::iterator entry);
  void finish(Entries::iterator entry, Result<std::string> how);
  void arm();

  asio::steady_timer timer_;
  Executor executor_;
  const DeviceDirectory& directory_;
  const Clock& clock_;
  Doors doors_;
  SayCounters counters_;
  Entries pending_;  // by number, in the order of coming
  std::uint64_t last_ = 0;
  bool armed_ = false;
  bool stopped_ = false;
};

}  // namespace earshot::gateway
