// What a Shard keeps of its devices for the next gateway, and what it takes up of the one before
// (docs/decisions/0020). Nothing here waits for a disk: records are handed over, a batch at a time.
#include <algorithm>
#include <utility>
#include <vector>

#include "common/base/random.h"
#include "common/log/log.h"
#include "gateway/live/shard/shard.h"

namespace earshot::gateway {

namespace {

// Of one batch: what is copied in one round, and what the writer has of a shard at once. It takes well below a
// millisecond, of a round that has to send a frame each 20 ms. A thousand devices a second, of 16 kB each.
constexpr Milliseconds kKeepInterval{15};
constexpr std::size_t kKeepDevices = 16;
constexpr std::size_t kKeepBytes = 256 * 1024;

SteadyTime keeping_now() {
  return std::chrono::steady_clock::now();
}

}  // namespace

void Shard::note_change(const DeviceId& device) {
  if (!config_.keep || !unkept_.insert(device).second) return;
  unkept_order_.push_back(device);
}

KeptDevice Shard::what_to_keep(const DeviceId& device, SteadyTime now) {
  const auto wall = std::chrono::system_clock::now();
  const bool keeps = config_.session.resume_within.count() > 0;
  KeptDevice kept{.device = device, .agent = {}, .checkpoint = {}, .at = wall};
  Session* const session = table_.find(device);
  if (session == nullptr) {
    const auto* earlier = earlier_.find(device);
    if (earlier == nullptr || !keeps) return kept;
    kept.agent = earlier->agent;
    kept.checkpoint = earlier->checkpoint;
    kept.at = wall - std::chrono::duration_cast<std::chrono::system_clock::duration>(now - earlier->ended);
    return kept;
  }
  kept.agent = session->agent();
  if (keeps) kept.checkpoint = session->dialogue();
  const MqttUdpLeg* const leg = mqtt_udp_.leg_of(session->ssrc());
  if (leg == nullptr || session->state() == Session::State::kOpening) return kept;
  kept.talk = KeptTalk{.identity = session->identity(),
                       .client_id = leg->client_id(),
                       .hello = session->hello(),
                       .leg = leg->remains(),
                       .age = std::chrono::duration_cast<Milliseconds>(now - session->created()),
                       .udp_port = udp_port(),
                       .remains = keeps ? session->remains() : std::nullopt};
  return kept;
}

std::vector<KeptRecord> Shard::next_records(std::size_t most, SteadyTime now) {
  std::vector<KeptRecord> records;
  std::size_t bytes = 0;
  while (!unkept_order_.empty() && records.size() < most && bytes < kKeepBytes) {
    const DeviceId device = std::move(unkept_order_.front());
    unkept_order_.pop_front();
    unkept_.erase(device);
    const KeptDevice kept = what_to_keep(device, now);
    const bool nothing = kept.checkpoint.empty() && !kept.talk;
    records.push_back({.device = device, .bytes = nothing ? Secret() : write_kept(kept)});
    bytes += records.back().bytes.reveal().size();
  }
  return records;
}

std::optional<SteadyTime> Shard::next_keep() const {
  if (unkept_order_.empty() || keeping_) return std::nullopt;
  return keep_at_;
}

void Shard::keep_round(SteadyTime now) {
  if (const auto due = next_keep(); !due || now < *due) return;
  keeping_ = true;
  keep_at_ = now + kKeepInterval;
  // The shard outlives the writer's jobs: the gateway ends the writer first.
  config_.keep(next_records(kKeepDevices, now), [this] { asio::post(io_, [this] { keeping_ = false; }); });
}

// Their workers' legs go with the links: nothing may tick them behind that.
void Shard::leave_all(const std::vector<Ssrc>& sessions) {
  const SteadyTime now = keeping_now();
  while (!unkept_order_.empty()) config_.keep(next_records(kKeepDevices, now), [] {});
  config_.keep = {};  // the end of what is left is not written
  for (const Ssrc ssrc : sessions) {
    Session* const session = table_.find(ssrc);
    if (session == nullptr) continue;  // it has ended
    session->left("left to the next gateway", now);
    settle(*session);
  }
}

void Shard::take_up_all() {
  const SteadyTime now = keeping_now();
  const auto wall = std::chrono::system_clock::now();
  std::ranges::sort(taken_up_, {}, &KeptDevice::at);
  for (KeptDevice& kept : std::exchange(taken_up_, {})) {
    note_change(kept.device);
    // A clock that was set back made nothing younger.
    const auto age = std::max(std::chrono::duration_cast<Milliseconds>(wall - kept.at), Milliseconds{0});
    if (kept.talk) kept.talk->age += age;  // it has sent all that time
    const bool goes_on = kept.talk && kept.talk->remains && goes_on_ && take_up(kept, now);
    if (goes_on) continue;
    if (kept.talk) owe_goodbye(*kept.talk, now);
    if (age >= config_.session.resume_within) continue;
    keep_earlier({.device = kept.device,
                  .agent = std::move(kept.agent),
                  .checkpoint = std::move(kept.checkpoint),
                  .ended = now - age});
  }
}

bool Shard::take_up(const KeptDevice& kept, SteadyTime now) {
  const KeptTalk& talk = *kept.talk;
  const auto client = auth::parse_client_id(talk.client_id);
  const bool fits = client && talk.udp_port == udp_port() &&
                    number(talk.identity.ssrc) > kLastDevicelessSsrc &&
                    table_.find(talk.identity.ssrc) == nullptr && table_.find(kept.device) == nullptr;
  if (!fits) return false;
  auto leg = mqtt_udp_.take_up(*client, talk.identity, talk.hello, talk.leg, talk.age, now);
  // Since its hello: the gateway after this one counts from there, too.
  Session* const session = table_.open(talk.identity, talk.hello, std::move(leg), now - talk.age);
  if (session == nullptr) return false;
  const LineTable::Line line = mqtt_line(*client);
  line->wire().carries(*session);
  line->carry(*session, talk.hello);
  session->go_on_from(*talk.remains, now);
  talks_[kept.device] = {.line = line, .worker = {}, .is_logged = true};
  log::logger("shard").info("session taken up session={} device={} shard={}", session->id().text,
                            kept.device.text(), config_.index);
  session_counters_.add(SessionEvent::kTakenUp);
  workers_.take_up_session(session->ssrc(), session->open_request().session_open(), now);
  settle(*session);
  return true;
}

// Its device may still be in it: it is told when it connects.
void Shard::owe_goodbye(const KeptTalk& talk, SteadyTime now) {
  const auto client = auth::parse_client_id(talk.client_id);
  if (!client) return;
  session_counters_.add(SessionEvent::kNotTakenUp);
  const LineTable::Line line = mqtt_line(*client);
  line->owes_goodbye(talk.identity.id, now);
  settle_line(*line);
}

}  // namespace earshot::gateway
