#include "bench/simulator/audio_link.h"

#include <algorithm>
#include <utility>

namespace earshot::simulator {

namespace {
// What was on its way when the session ended is nobody's fault.
constexpr Milliseconds kOldPortGrace{500};
}  // namespace

Result<std::shared_ptr<AudioLink>> AudioLink::open(asio::io_context& io, Agenda& agenda,
                                                   const ServerHello& hello, const Firmware& firmware,
                                                   const FaultRates& rates, std::uint64_t seed,
                                                   Handlers handlers) {
  std::shared_ptr<AudioLink> link(new AudioLink(agenda, hello, firmware, rates, seed, std::move(handlers)));
  auto socket = UdpDriver::open(
      io, hello.udp_host, hello.udp_port,
      [self = link.get()](ByteView datagram, bool from_server, SteadyTime arrival) {
        // Through the agenda: a busy simulator must not see audio before the control message that came first.
        self->agenda_.at(arrival,
                         [link = self->shared_from_this(), copy = Bytes(datagram.begin(), datagram.end()),
                          from_server, arrival] { link->received(copy, from_server, arrival); });
      });
  if (!socket) return socket.error();
  link->socket_ = std::move(*socket);
  return link;
}

AudioLink::AudioLink(Agenda& agenda, const ServerHello& hello, const Firmware& firmware,
                     const FaultRates& rates, std::uint64_t seed, Handlers handlers)
    : agenda_(agenda),
      handlers_(std::move(handlers)),
      nonce_(hello.nonce),
      uplink_cipher_(hello.key),
      receiver_(hello.key),
      rules_(Milliseconds(hello.frame_duration_ms), firmware.decode_queue_packets, firmware.glyph_push),
      up_faults_(rates, seed),
      down_faults_(rates, seed + 1) {}

void AudioLink::send(ByteView opus) {
  if (closed_) return;
  const Block header = uplink_header(nonce_, opus.size(), 0, ++sequence_);
  rules_.sent(header, opus.size());
  const Bytes datagram = seal(uplink_cipher_, header, opus);
  for (const SteadyTime arrival : up_faults_.plan(agenda_.now())) {
    if (arrival <= agenda_.now()) {
      socket_->send(datagram);
    } else {
      agenda_.at(arrival, [self = shared_from_this(), datagram] { self->socket_->send(datagram); });
    }
  }
}

void AudioLink::close() {
  closed_ = agenda_.now();
}

void AudioLink::add_to(LinkCounts& counts) const {
  counts.frames_up += sequence_;
  counts.frames_down += rules_.packets();
  counts.frames_down_again += rules_.copies();
  counts.frames_missing += missing_;
  counts.frames_stale += stale_;
  counts.faults_lost += up_faults_.lost() + down_faults_.lost();
  counts.faults_duplicated += up_faults_.duplicated() + down_faults_.duplicated();
  counts.faults_reordered += up_faults_.reordered() + down_faults_.reordered();
  counts.max_burst = std::max<std::uint64_t>(counts.max_burst, rules_.max_burst());
  counts.max_lead_frames = std::max(counts.max_lead_frames, rules_.max_lead_frames());
}

void AudioLink::received(ByteView datagram, bool from_server, SteadyTime arrival) {
  Violations broken;
  if (closed_) {
    if (arrival - *closed_ < kOldPortGrace) return;
    broken.push_back({Rule::kAudioToOldPort, "the session is over"});
    return handlers_.wire(arrival, std::move(broken));
  }
  if (rules_.received(datagram, from_server, arrival, broken)) handlers_.wire(arrival, std::move(broken));
  if (!from_server) return;  // the firmware's connected socket does not show it
  for (const SteadyTime due : down_faults_.plan(arrival)) {
    agenda_.at(due, [self = shared_from_this(), copy = Bytes(datagram.begin(), datagram.end())] {
      self->arrived(copy);
    });
  }
}

void AudioLink::arrived(ByteView datagram) {
  if (closed_) return;
  UdpReceiver::Packet packet = receiver_.receive(datagram);
  stale_ += packet.verdict == UdpVerdict::kStale ? 1U : 0U;
  if (packet.verdict != UdpVerdict::kAccepted) return;
  missing_ += packet.missing;
  handlers_.packet(std::move(packet));
}

}  // namespace earshot::simulator
