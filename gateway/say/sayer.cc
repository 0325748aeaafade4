#include "gateway/say/sayer.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "gateway/session/down_message.h"

namespace earshot::gateway {

namespace {

// Shown where nothing could be said; the device plays its own sound with it (device-protocol 6.2).
constexpr std::string_view kAlertStatus = "Message";
constexpr std::string_view kAlertEmotion = "neutral";
constexpr std::string_view kIdPrefix = "say-";

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
    return finish(entry, std::string(entry->second.woken ? "speak_request" : "speech"));
  }
  counters_.add(SayEvent::kNotHeard);
  show(entry);
}

void Sayer::tick() {
  const SteadyTime now = clock_.now();
  for (auto entry = pending_.begin(); entry != pending_.end();) {
    const auto due = entry++;
    Pending& pending = due->second;
    if (now < pending.deadline) continue;
    if (pending.state == State::kWaking) {
      counters_.add(SayEvent::kWakeTimeout);
      pending.woken = true;  // and not again; it may have come into a session meanwhile
      ask(due->first);
    } else {
      counters_.add(SayEvent::kSpeechTimeout);
      finish(due, Error{ErrorCode::kTimeout, "it was not spoken in time"});
    }
  }
}

void Sayer::ask(std::uint64_t number) {
  Pending& pending = pending_.at(number);
  pending.state = State::kAsking;
  pending.deadline = clock_.now() + kSpeechPatience;
  doors_.speak(pending.device, std::string(kIdPrefix) + std::to_string(number), pending.text,
               [this, number](bool in_session) { on_asked(number, in_session); });
}

void Sayer::on_asked(std::uint64_t number, bool in_session) {
  const auto entry = pending_.find(number);
  if (entry == pending_.end() || entry->second.state != State::kAsking) return;
  Pending& pending = entry->second;
  if (in_session) {
    pending.state = State::kSpeaking;
  } else if (pending.woken || !wake(pending)) {
    show(entry);
  }
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

void Sayer::show(Entries::iterator entry) {
  const Pending& pending = entry->second;
  const DeviceEntry* device = directory_.find(pending.device);
  const bool shown =
      device != nullptr && device->presence.online &&
      doors_.push(device->presence.client_id, alert_message(SessionId{device->presence.session}, kAlertStatus,
                                                            pending.text, kAlertEmotion));
  if (!shown) return finish(entry, Error{ErrorCode::kUnavailable, "the device is offline"});
  counters_.add(SayEvent::kShown);
  finish(entry, std::string("alert"));
}

void Sayer::finish(Entries::iterator entry, Result<std::string> how) {
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
