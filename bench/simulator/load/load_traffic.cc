#include "bench/simulator/load/load_traffic.h"

#include <time.h>

#include <algorithm>
#include <array>
#include <utility>

namespace earshot::simulator {

namespace {

constexpr std::int64_t kFrameNs = 60'000'000;
constexpr std::int64_t kRoundNs = 1'000'000;
constexpr std::size_t kDevicesPerSocket = 32;
constexpr std::size_t kMaxSockets = 64;

void sleep_until_next_round() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const std::int64_t ns = std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
  const std::int64_t next = (ns / kRoundNs + 1) * kRoundNs;
  const timespec until{.tv_sec = next / 1'000'000'000, .tv_nsec = next % 1'000'000'000};
  ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
}

float to_ms(std::int64_t ns) {
  return static_cast<float>(static_cast<double>(ns) / 1e6);
}

}  // namespace

std::size_t LoadTraffic::sockets_for(std::size_t devices) {
  return std::clamp<std::size_t>(devices / kDevicesPerSocket, 2, kMaxSockets);
}

LoadTraffic::LoadTraffic(const LoadOptions& options, AudioFleet& sockets, std::size_t device_sockets,
                         const std::vector<StreamKeys>& keys, LoadReport& report)
    : options_(options),
      report_(report),
      attacker_(device_sockets),
      sockets_(sockets),
      random_(options.seed) {
  devices_.reserve(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    devices_.push_back(
        {.stream = LoadStream(static_cast<std::uint32_t>(i), keys[i]), .socket = i % attacker_});
    by_ssrc_.emplace(keys[i].ssrc, i);
    phases_ns_.push_back(std::uniform_int_distribution<std::int64_t>(0, kFrameNs - 1)(random_));
  }
  std::ranges::sort(phases_ns_);
}

void LoadTraffic::run(double seconds, bool sending, bool measuring, const std::function<void()>& each_round) {
  if (measuring && !measuring_) window_round_ = static_cast<std::int64_t>(next_send_ / devices_.size());
  measuring_ = measuring;
  const std::int64_t begin = wall_ns();
  const auto until = begin + static_cast<std::int64_t>(seconds * 1e9);
  if (began_ns_ == 0) began_ns_ = begin;
  for (std::int64_t now = begin; now < until; now = wall_ns()) {
    if (sending) send_due(now);
    sockets_.flush();
    sockets_.receive([this](std::size_t socket, ByteView bytes, std::int64_t arrived_ns) {
      on_datagram(socket, bytes, arrived_ns);
    });
    each_round();
    sleep_until_next_round();
  }
}

void LoadTraffic::send_one(std::size_t device) {
  send(device, wall_ns());
}

void LoadTraffic::note_abort(std::size_t device) {
  devices_[device].aborted_ns = wall_ns();
}

void LoadTraffic::finish() {
  for (const Device& device : devices_) {
    report_.sent += device.stream.sent();
    report_.received += device.stream.received();
    if (is_deaf(device)) ++report_.deaf_devices;
    report_.expected += options_.kind == LoadKind::kTalk ? device.stream.received() + device.stream.skipped()
                                                         : device.stream.sent();
    if (options_.kind == LoadKind::kTalk) {
      device.pacing.visit_errors([this](float error_ms) { report_.pacing_error_ms.add(error_ms); });
    }
    if (device.aborted_ns != 0) {
      report_.abort_ms.add(to_ms(std::max<std::int64_t>(0, device.last_after_abort_ns - device.aborted_ns)));
    }
  }
  report_.send_failures = sockets_.send_failures();
}

bool LoadTraffic::is_deaf(const Device& device) const {
  const bool all_may_be_lost = options_.loss_percent > 0;
  if (options_.kind == LoadKind::kUp || all_may_be_lost) return false;
  return device.stream.received() == 0 || device.rebound_ns != 0;
}

// Devices send in the order of their phases, again and again.
void LoadTraffic::send_due(std::int64_t now_ns) {
  const std::uint64_t devices = devices_.size();
  for (;; ++next_send_) {
    const auto round = static_cast<std::int64_t>(next_send_ / devices);
    const std::size_t device = next_send_ % devices;
    if (began_ns_ + round * kFrameNs + phases_ns_[device] > now_ns) break;
    if (options_.rebind && measuring_ && round - window_round_ == rebind_round(device)) rebind(device);
    send(device, now_ns);
  }
  while (!delayed_.empty() && delayed_.begin()->first <= now_ns) {
    const auto& [socket, datagram] = delayed_.begin()->second;
    std::ranges::copy(datagram, sockets_.queue(socket, datagram.size()).begin());
    delayed_.erase(delayed_.begin());
  }
}

void LoadTraffic::send(std::size_t device, std::int64_t now_ns) {
  Device& from = devices_[device];
  const std::size_t bytes = from.stream.datagram_bytes(options_.payload_bytes);
  const bool lost = options_.loss_percent > 0 &&
                    std::uniform_real_distribution<double>(0, 100)(random_) < options_.loss_percent;
  if (!lost && options_.jitter == Milliseconds(0)) {
    const auto datagram = sockets_.queue(from.socket, bytes);
    from.stream.make(datagram, now_ns);
    if (options_.hostile == 0) return;
    const Bytes seen(datagram.begin(), datagram.end());
    sockets_.flush(from.socket);  // a copy is a replay only when it comes after the original
    return attack(seen);
  }
  Bytes datagram(bytes);
  from.stream.make(datagram, now_ns);
  if (lost) return;
  const std::int64_t most = std::chrono::nanoseconds(options_.jitter).count();
  const std::int64_t delay = std::uniform_int_distribution<std::int64_t>(0, most)(random_);
  delayed_.emplace(now_ns + delay, std::pair(from.socket, std::move(datagram)));
}

// Attack: whoever can reach the port sends what costs the server most: packets for sessions that do not
// exist, copies of real ones, and noise with a real ssrc.
void LoadTraffic::attack(const Bytes& seen) {
  for (int i = 0; i < options_.hostile; ++i) {
    const auto datagram = sockets_.queue(attacker_, seen.size());
    std::ranges::copy(seen, datagram.begin());
    if (i % 3 == 0) store_be32(datagram.data() + 4, static_cast<std::uint32_t>(random_()));
    if (i % 3 == 1)
      std::ranges::generate(datagram.subspan(8), [this] { return static_cast<std::uint8_t>(random_()); });
  }
}

// Spread over the time that is measured, but for the end of it.
std::int64_t LoadTraffic::rebind_round(std::size_t device) const {
  const auto rounds = static_cast<std::size_t>(options_.seconds * 1e9 / static_cast<double>(kFrameNs) * 0.7);
  return static_cast<std::int64_t>(device % std::max<std::size_t>(rounds, 1));
}

void LoadTraffic::rebind(std::size_t device) {
  devices_[device].socket = (devices_[device].socket + 1) % attacker_;
  devices_[device].rebound_ns = wall_ns();
}

void LoadTraffic::on_datagram(std::size_t socket, ByteView bytes, std::int64_t arrived_ns) {
  const auto found = bytes.size() < kHeaderBytes ? by_ssrc_.end() : by_ssrc_.find(read_header(bytes).ssrc);
  if (found == by_ssrc_.end()) {
    ++report_.unknown;
    return;
  }
  Device& device = devices_[found->second];
  if (socket != device.socket) return;  // to the address before: a NAT has forgotten it, the packet is lost
  std::array<std::uint8_t, AudioFleet::kMaxDatagramBytes> room;  // filled below
  const auto datagram = std::span(room).first(bytes.size());
  std::ranges::copy(bytes, datagram.begin());
  const bool echo = options_.kind != LoadKind::kTalk;
  const auto heard = device.stream.check(datagram, echo);
  switch (heard.verdict) {
    case FrameVerdict::kDuplicate:
      ++report_.duplicates;
      return;
    case FrameVerdict::kCorrupt:
      ++report_.corrupt;
      return;
    case FrameVerdict::kGood:
      break;
  }
  if (device.aborted_ns != 0) device.last_after_abort_ns = std::max(device.last_after_abort_ns, arrived_ns);
  if (device.rebound_ns != 0 && heard.sent_ns >= device.rebound_ns) {
    report_.rebind_gap_ms.add(to_ms(arrived_ns - device.rebound_ns));
    device.rebound_ns = 0;
  }
  if (!measuring_) return;
  if (echo) {
    report_.latency_ms.add(to_ms(arrived_ns - heard.sent_ns));
  } else {
    device.pacing.add(heard.index, arrived_ns);
  }
}

}  // namespace earshot::simulator
