// The least that a gateway between UDP devices and a worker can be, from the same pieces as ours: header,
// cipher, IPC records, batches, one thread, one round a millisecond. No broker, no state machine, no replay
// window, no pacing, no counters: what the real gateway costs above this is what its features cost.
//
//   earshot-floor-gateway UDP_PORT SESSIONS KEY_HEX WORKER_SOCKET
//
// Sessions 1..SESSIONS are known from the start, all with this key (`earshot-sim load --udp --key`).
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "common/base/bytes.h"
#include "common/ipc/audio_record.h"
#include "common/ipc/framing.h"
#include "gateway/doors/mqtt_udp/audio_cipher.h"
#include "gateway/doors/mqtt_udp/audio_packet.h"
#include "ipc.pb.h"

namespace {

using namespace earshot;

constexpr std::size_t kBatch = 64;
constexpr std::size_t kSlotBytes = 1500;
constexpr std::int64_t kRoundNs = 1'000'000;
constexpr int kBufferBytes = 4 * 1024 * 1024;

struct Batch {
  Batch() {
    for (std::size_t i = 0; i < kBatch; ++i) {
      slices[i] = {bytes.data() + i * kSlotBytes, kSlotBytes};
      headers[i].msg_hdr.msg_iov = &slices[i];
      headers[i].msg_hdr.msg_iovlen = 1;
      headers[i].msg_hdr.msg_name = &addresses[i];
      headers[i].msg_hdr.msg_namelen = sizeof(sockaddr_in);
    }
  }
  std::vector<std::uint8_t> bytes = std::vector<std::uint8_t>(kBatch * kSlotBytes);
  std::array<sockaddr_in, kBatch> addresses{};
  std::array<iovec, kBatch> slices{};
  std::array<mmsghdr, kBatch> headers{};
  std::size_t queued = 0;
};

struct FloorSession {
  explicit FloorSession(const gateway::AudioKey& key) : cipher(key) {}
  gateway::AudioCipher cipher;
  sockaddr_in peer{};
  std::uint32_t sequence = 0;
};

void sleep_to_next_round() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const std::int64_t ns = std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
  const std::int64_t next = (ns / kRoundNs + 1) * kRoundNs;
  const timespec until{.tv_sec = next / 1'000'000'000, .tv_nsec = next % 1'000'000'000};
  ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
}

int open_udp(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  ::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &kBufferBytes, sizeof(kBufferBytes));
  ::setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &kBufferBytes, sizeof(kBufferBytes));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool bound = ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  return bound ? socket : -1;
}

int accept_worker(const std::string& path) {
  const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) return -1;
  ::listen(listener, 1);
  return ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
}

class Floor {
 public:
  Floor(int udp, int worker, std::uint32_t sessions, const gateway::AudioKey& key)
      : udp_(udp), worker_(worker) {
    for (std::uint32_t i = 0; i < sessions; ++i) sessions_.push_back(std::make_unique<FloorSession>(key));
  }

  // Until the worker leaves.
  void run() {
    while (open_) {
      read_devices();
      write_worker();
      read_worker();
      flush_devices();
      sleep_to_next_round();
    }
  }

 private:
  FloorSession* find(std::uint32_t ssrc) {
    return ssrc == 0 || ssrc > sessions_.size() ? nullptr : sessions_[ssrc - 1].get();
  }

  void read_devices() {
    int received = 0;
    do {
      for (auto& header : in_.headers) header.msg_hdr.msg_namelen = sizeof(sockaddr_in);
      received = ::recvmmsg(udp_, in_.headers.data(), kBatch, MSG_DONTWAIT, nullptr);
      for (int i = 0; i < received; ++i) on_datagram(static_cast<std::size_t>(i));
    } while (received == static_cast<int>(kBatch));
  }

  void on_datagram(std::size_t slot) {
    const ByteView bytes(in_.bytes.data() + slot * kSlotBytes, in_.headers[slot].msg_len);
    const auto parsed = gateway::parse_audio_packet(bytes);
    if (parsed.verdict != gateway::AudioPacketVerdict::kGood) return;
    FloorSession* session = find(number(parsed.packet.header.ssrc));
    if (session == nullptr) return;
    session->peer = in_.addresses[slot];
    const auto opus = std::span(plain_).first(parsed.packet.payload.size());
    session->cipher.apply(parsed.packet.header_bytes, parsed.packet.payload, opus);
    up_.set_session(number(parsed.packet.header.ssrc));
    auto& audio = *up_.mutable_audio_up();
    audio.mutable_opus()->assign(as_text(opus));
    audio.set_sequence(parsed.packet.header.sequence);
    const std::size_t size = up_.ByteSizeLong();
    const std::size_t at = to_worker_.size();
    to_worker_.resize(at + ipc::kLengthBytes + size);
    store_be32(to_worker_.data() + at, static_cast<std::uint32_t>(size));
    up_.SerializeWithCachedSizesToArray(to_worker_.data() + at + ipc::kLengthBytes);
  }

  void write_worker() {
    if (to_worker_.empty()) return;
    const ssize_t written = ::write(worker_, to_worker_.data(), to_worker_.size());
    if (written > 0) to_worker_.erase(to_worker_.begin(), to_worker_.begin() + written);
    open_ = written > 0 || errno == EAGAIN;
  }

  void read_worker() {
    for (;;) {
      const auto room = reader_.prepare();
      const ssize_t got = ::read(worker_, room.data(), room.size());
      if (got == 0) open_ = false;
      if (got <= 0) return;
      reader_.commit(static_cast<std::size_t>(got));
      ByteView record;
      while (reader_.next(record) == ipc::RecordReader::Verdict::kRecord) {
        if (const auto audio = ipc::read_audio_down(record)) send(*audio);
      }
      if (static_cast<std::size_t>(got) < room.size()) return;
    }
  }

  void send(const ipc::AudioDownView& audio) {
    FloorSession* session = find(audio.session);
    if (session == nullptr || session->sequence == 0xFFFFFFFF) return;
    if (out_.queued == kBatch) flush_devices();
    const std::size_t slot = out_.queued++;
    const auto bytes =
        std::span(out_.bytes).subspan(slot * kSlotBytes, gateway::kAudioHeaderBytes + audio.opus.size());
    ++session->sequence;
    const auto header =
        gateway::build_audio_header({.flags = gateway::kDownlinkFlag,
                                     .payload_bytes = static_cast<std::uint16_t>(audio.opus.size()),
                                     .ssrc = Ssrc{audio.session},
                                     .timestamp = session->sequence * 60,
                                     .sequence = session->sequence});
    std::copy(header.begin(), header.end(), bytes.begin());
    session->cipher.apply(header, audio.opus, bytes.subspan(gateway::kAudioHeaderBytes));
    out_.slices[slot].iov_len = bytes.size();
    out_.addresses[slot] = session->peer;
  }

  void flush_devices() {
    std::size_t next = 0;
    while (next < out_.queued) {
      const int sent =
          ::sendmmsg(udp_, &out_.headers[next], static_cast<unsigned>(out_.queued - next), MSG_DONTWAIT);
      if (sent <= 0) break;
      next += static_cast<std::size_t>(sent);
    }
    out_.queued = 0;
  }

  int udp_;
  int worker_;
  bool open_ = true;
  std::vector<std::unique_ptr<FloorSession>> sessions_;
  Batch in_;
  Batch out_;
  std::array<std::uint8_t, kSlotBytes> plain_{};
  ipc::Envelope up_;
  Bytes to_worker_;
  ipc::RecordReader reader_;
};

}  // namespace

int main(int argc, char** argv) {
  const auto key = argc == 5 ? from_hex(argv[3]) : std::nullopt;
  if (!key || key->size() != gateway::AudioKey::kBytes) {
    std::fputs("usage: earshot-floor-gateway UDP_PORT SESSIONS KEY_HEX WORKER_SOCKET\n", stderr);
    return 64;
  }
  const int udp = open_udp(static_cast<std::uint16_t>(std::atoi(argv[1])));
  const int worker = udp < 0 ? -1 : accept_worker(argv[4]);
  if (worker < 0) {
    std::fprintf(stderr, "earshot-floor-gateway: %s\n", std::strerror(errno));
    return 1;
  }
  const std::span<const std::uint8_t, gateway::AudioKey::kBytes> bytes(key->data(),
                                                                       gateway::AudioKey::kBytes);
  Floor(udp, worker, static_cast<std::uint32_t>(std::atoi(argv[2])), gateway::AudioKey(bytes)).run();
  return 0;
}
