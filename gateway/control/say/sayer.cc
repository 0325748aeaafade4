#include "gateway/control/say/sayer.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "common/audio/ogg_opus.h"
#include "gateway/xiaozhi/down_message.h"

namespace earshot::gateway {

namespace {

// Shown where nothing could be said; the device plays its own sound with it (device-protocol 6.2).
constexpr std::string_view kAlertStatus = "Message";
constexpr std::string_view kAlertEmotion = "neutral";
constexpr std::string_view kIdPrefix = "say-";
constexpr const char* kCannotSpeak = "this firmware cannot be made to speak while idle";
constexpr const char* kNoSoundYet =
    "it is in a conversation and has sent no sound yet, so where its own would go is not known";
// About a second: the device begins to play when it has the first page.
constexpr std::size_t kPacketsPerPage = 16;

std::uint64_t number_of(std::string_view id) {
  std::uint64_t number = 0;
  if (id.starts_with(kIdPrefix)) {
    id.remove_prefix(kIdPrefix.size());
    std::from_chars(id.data(), id.data() + id.size(), number);
  }
  return number;
}

}  // namespace

Sayer::Sayer(Executor executor, const DeviceDirectory& directory, const Clock& clock, Doors doors)
    : timer_(executor),
      executor_(std::move(executor)),
      directory_(directory),
      clock_(clock),
      doors_(std::move(doors)) {}

void Sayer::stop() {
  stopped_ = true;
  timer_.cancel();
  while (!pending_.empty()) finish(pending_.begin(), Error{ErrorCode::kCancelled, "the gateway stops"});
}

void Sayer::say(const DeviceId& device, std::string text, Done done) {
  if (stopped_ || pending_.size() >= kMaxPending) {
    counters_.add(SayEvent::kTooMany);
    asio::post(executor_, [done = std::move(done)] {
      done(Error{ErrorCode::kTooLarge, "too many messages wait to be said"});
    });
    return;
  }
  Pending& pending = pending_[++last_];
  pending.device = device;
  pending.text = std::move(text);
  pending.done = std::move(done);
  pending.since = clock_.now();
  ask(last_);
  arm();
}

void Sayer::speak_ready(const DeviceId& device, const SessionId& session) {
  std::vector<std::uint64_t> ready;
  for (auto& [number, pending] : pending_) {
    if (pending.device == device && pending.state == State::kWaking) ready.push_back(number);
  }
  if (ready.empty()) {
    // It shows itself speaking and waits for speech that will not come.
    const bool under_way =
        std::ranges::any_of(pending_, [&](const auto& entry) { return entry.second.device == device; });
    if (under_way) return;
    counters_.add(SayEvent::kReadyForNothing);
    return doors_.close_session(device, session);
  }
  for (const std::uint64_t number : ready) {
    pending_.at(number).woken = true;
    ask(number);
  }
}

void Sayer::ended(const SayNews& news) {
  const auto entry = pending_.find(number_of(news.id));
  if (entry == pending_.end()) return;
  if (news.outcome != SayNews::Outcome::kFailed) {
    counters_.add(SayEvent::kSpoken);
    const bool woken = entry->second.woken && entry->second.why_not.empty();
    return finish(entry, commands::Said{.how = woken ? "speak_request" : "speech"});
  }
  counters_.add(SayEvent::kNotHeard);
  show(entry, news.reason);
}

Milliseconds Sayer::fetch_begins(std::uint64_t notice) {
  const auto entry = find_notified(notice);
  if (entry == pending_.end()) return Milliseconds(0);
  entry->second.deadline = clock_.now() + entry->second.plays_for + kFetchPatience;
  return entry->second.plays_for;
}

void Sayer::fetched(std::uint64_t notice, bool whole) {
  const auto entry = find_notified(notice);
  if (entry == pending_.end()) return;
  if (!whole) return;  // it may ask once more until the deadline
  counters_.add(SayEvent::kFetched);
  notices_.erase(notice);
  finish(entry, commands::Said{.how = "notify"});
}

void Sayer::tick() {
  const SteadyTime now = clock_.now();
  for (auto entry = pending_.begin(); entry != pending_.end();) {
    const auto due = entry++;
    Pending& pending = due->second;
    if (now < pending.deadline) continue;
    switch (pending.state) {
      case State::kComing:
        ask(due->first);
        break;
      case State::kWaking:
        counters_.add(SayEvent::kWakeTimeout);
        pending.woken = true;  // and not again; it may have come into a session meanwhile
        pending.why_not = "the device was asked to speak, and did not wake in time";
        ask(due->first);
        break;
      case State::kNotified:
        not_fetched(due->first);
        break;
      case State::kAsking:
      case State::kReciting:
      case State::kSpeaking:
        counters_.add(SayEvent::kSpeechTimeout);
        finish(due, Error{ErrorCode::kTimeout, "it was not spoken in time"});
        break;
    }
  }
}

void Sayer::ask(std::uint64_t number) {
  Pending& pending = pending_.at(number);
  pending.state = State::kAsking;
  pending.deadline = clock_.now() + kSpeechPatience;
  doors_.speak(pending.device, std::string(kIdPrefix) + std::to_string(number), pending.text,
               [this, number](SayVerdict verdict) { on_asked(number, verdict); });
}

void Sayer::on_asked(std::uint64_t number, SayVerdict verdict) {
  const auto entry = pending_.find(number);
  if (entry == pending_.end() || entry->second.state != State::kAsking) return;
  Pending& pending = entry->second;
  const SteadyTime now = clock_.now();
  switch (verdict) {
    case SayVerdict::kTaken:
      pending.state = State::kSpeaking;
      return;
    case SayVerdict::kNotYet:
      if (now - pending.since < kComingPatience) {
        pending.state = State::kComing;
        pending.deadline = now + kTick;
        return;
      }
      counters_.add(SayEvent::kNoAddress);
      return show(entry, kNoSoundYet);
    case SayVerdict::kNoSession:
      return on_no_session(entry);
  }
}

void Sayer::on_no_session(Entries::iterator entry) {
  Pending& pending = entry->second;
  if (pending.woken) return show(entry, pending.why_not);
  if (wake(pending) || recite(entry->first, pending)) return;
  show(entry, kCannotSpeak);
}

// RETURNS: false: it cannot be woken.
bool Sayer::wake(Pending& pending) {
  const DeviceEntry* device = directory_.find(pending.device);
  if (device == nullptr || !device->presence.online) return false;
  const bool takes =
      device->presence.speak_request || (doors_.takes_speak_request && doors_.takes_speak_request(*device));
  if (!takes) return false;
  // One request wakes it for all that wait.
  const bool asked = std::ranges::any_of(pending_, [&](const auto& entry) {
    return entry.second.device == pending.device && entry.second.state == State::kWaking;
  });
  if (!asked &&
      !doors_.push(device->presence.client_id, speak_request_message(SessionId::random(), pending.text))) {
    return false;
  }
  counters_.add(SayEvent::kSpeakRequest);
  pending.state = State::kWaking;
  pending.deadline = clock_.now() + kWakePatience;
  return true;
}

// RETURNS: false: it takes no notify.
bool Sayer::recite(std::uint64_t number, Pending& pending) {
  const DeviceEntry* device = directory_.find(pending.device);
  if (device == nullptr || !device->presence.online) return false;
  if (!doors_.takes_notify || !doors_.takes_notify(*device)) return false;
  pending.state = State::kReciting;
  pending.woken = true;
  pending.deadline = clock_.now() + kSpeechPatience;
  doors_.recite(*device, pending.text,
                [this, number](Result<Speech> speech) { on_recited(number, std::move(speech)); });
  return true;
}

void Sayer::on_recited(std::uint64_t number, Result<Speech> speech) {
  const auto entry = pending_.find(number);
  if (entry == pending_.end() || entry->second.state != State::kReciting) return;
  const std::string failure = speech ? notify(entry->second, *speech) : speech.error().message;
  if (failure.empty()) return;
  counters_.add(SayEvent::kNoVoice);
  show(entry, failure);
}

std::string Sayer::notify(Pending& pending, const Speech& speech) {
  auto file = audio::to_ogg_opus(speech.packets, speech.sample_rate_hz, kPacketsPerPage);
  if (!file) return "the voice worker sent what no device plays";
  const auto kept = notices_.put(std::move(*file), clock_.now());
  if (!kept) return "too much speech waits to be fetched";
  const DeviceEntry* device = directory_.find(pending.device);
  const bool sent =
      device != nullptr && device->presence.online &&
      doors_.push(device->presence.client_id, notify_message(doors_.base_url + kept->path, speech.subtitles));
  if (!sent) {
    notices_.erase(kept->number);
    return "the device went offline";
  }
  counters_.add(SayEvent::kNotify);
  pending.state = State::kNotified;
  pending.notice = kept->number;
  pending.plays_for = speech.duration;
  pending.deadline = clock_.now() + kFetchPatience;
  return {};
}

// It may be in a conversation by now, which is why it ignored the notice.
void Sayer::not_fetched(std::uint64_t number) {
  Pending& pending = pending_.at(number);
  counters_.add(SayEvent::kNotFetched);
  notices_.erase(std::exchange(pending.notice, 0));
  pending.why_not =
      "the device did not fetch the speech whole: it was busy, cannot reach this server, or knows no notify";
  ask(number);
}

Sayer::Entries::iterator Sayer::find_notified(std::uint64_t notice) {
  return std::ranges::find_if(pending_, [notice](const auto& entry) {
    return entry.second.state == State::kNotified && entry.second.notice == notice;
  });
}

void Sayer::show(Entries::iterator entry, std::string why) {
  const Pending& pending = entry->second;
  const DeviceEntry* device = directory_.find(pending.device);
  const bool shown =
      device != nullptr && device->presence.online &&
      doors_.push(device->presence.client_id, alert_message(SessionId{device->presence.session}, kAlertStatus,
                                                            pending.text, kAlertEmotion));
  if (!shown) return finish(entry, Error{ErrorCode::kUnavailable, "the device is offline"});
  counters_.add(SayEvent::kShown);
  finish(entry, commands::Said{.how = "alert", .why = std::move(why)});
}

void Sayer::finish(Entries::iterator entry, Result<commands::Said> how) {
  notices_.erase(entry->second.notice);
  asio::post(executor_, [done = std::move(entry->second.done), how = std::move(how)] { done(how); });
  pending_.erase(entry);
}

void Sayer::arm() {
  if (armed_ || stopped_) return;
  armed_ = true;
  timer_.expires_after(kTick);
  timer_.async_wait([this](error_code stopped) {
    if (stopped) return;
    armed_ = false;
    tick();
    if (!pending_.empty()) arm();
  });
}

}  // namespace earshot::gateway
