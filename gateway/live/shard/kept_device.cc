#include "gateway/live/shard/kept_device.h"

#include <utility>

#include "common/auth/device_credentials.h"
#include "kept.pb.h"

namespace earshot::gateway {

namespace {

constexpr std::size_t kMaxShortBytes = 256;  // of names, ids and languages
constexpr std::uint32_t kMaxFrameMs = 120;

Error kept_refused(const char* why) {
  return {ErrorCode::kInvalid, std::string("what was kept of a device is not usable: ") + why};
}

ipc::Listen::Mode to_kept(ListenMode mode) {
  switch (mode) {
    case ListenMode::kAuto:
      return ipc::Listen::kAuto;
    case ListenMode::kManual:
      return ipc::Listen::kManual;
    case ListenMode::kRealtime:
      return ipc::Listen::kRealtime;
  }
  return ipc::Listen::kAuto;
}

std::optional<ListenMode> from_kept(std::uint32_t mode) {
  if (mode == ipc::Listen::kAuto) return ListenMode::kAuto;
  if (mode == ipc::Listen::kManual) return ListenMode::kManual;
  if (mode == ipc::Listen::kRealtime) return ListenMode::kRealtime;
  return std::nullopt;
}

void write_talk(const KeptTalk& talk, ipc::KeptTalk& to) {
  to.set_session_id(talk.identity.id.text);
  to.set_ssrc(number(talk.identity.ssrc));
  to.set_client_id(talk.client_id);
  to.set_language(talk.identity.language);
  ipc::KeptHello& hello = *to.mutable_hello();
  hello.set_sample_rate_hz(talk.hello.sample_rate_hz);
  hello.set_frame_duration_ms(static_cast<std::uint32_t>(talk.hello.frame_duration.count()));
  hello.set_mcp(talk.hello.mcp);
  hello.set_aec(talk.hello.aec);
  hello.set_speak_request(talk.hello.speak_request);
  hello.set_drops_copies(talk.hello.drops_copies);
  const auto key = talk.leg.key.reveal();
  to.mutable_key()->assign(reinterpret_cast<const char*>(key.data()), key.size());
  to.set_age_ms(static_cast<std::uint64_t>(talk.age.count()));
  to.set_uplink_sequence(talk.leg.uplink_sequence);
  to.set_downlink_reserved(talk.leg.downlink_reserved);
  if (talk.leg.peer) {
    to.set_peer_ip(talk.leg.peer->ip);
    to.set_peer_port(talk.leg.peer->port);
  }
  to.set_udp_port(talk.udp_port);
  to.set_goes_on(talk.remains.has_value());
  if (!talk.remains) return;
  const SessionRemains& remains = *talk.remains;
  to.set_mode(static_cast<std::uint32_t>(to_kept(remains.mode)));
  to.set_listening(remains.listening);
  to.set_speech(static_cast<std::uint32_t>(remains.spoken.speech()));
  to.set_turn(remains.spoken.turn());
  to.set_sentences(remains.spoken.sentences());
  *to.mutable_said() = remains.spoken.said();
  to.set_heard(remains.spoken.heard());
}

Result<SessionRemains> read_remains(const ipc::KeptTalk& from, const std::string& checkpoint) {
  SessionRemains remains;
  const auto mode = from_kept(from.mode());
  if (!mode || !ipc::Moved::Speech_IsValid(static_cast<int>(from.speech())) ||
      from.sentences() < static_cast<std::uint32_t>(from.said_size()))
    return kept_refused("a value is out of its range");
  remains.mode = *mode;
  remains.listening = from.listening();
  remains.spoken.set_speech(static_cast<ipc::Moved::Speech>(from.speech()));
  remains.spoken.set_turn(from.turn());
  remains.spoken.set_sentences(from.sentences());
  *remains.spoken.mutable_said() = from.said();
  remains.spoken.set_heard(from.heard());
  remains.checkpoint = checkpoint;
  return remains;
}

Result<KeptTalk> read_talk(const ipc::KeptDevice& all, const DeviceId& device) {
  const ipc::KeptTalk& from = all.talk();
  const ipc::KeptHello& hello = from.hello();
  const auto client = auth::parse_client_id(from.client_id());
  if (!client || client->device != device || from.key().size() != AudioKey::kBytes ||
      from.session_id().empty() || from.session_id().size() > kMaxShortBytes ||
      from.language().size() > kMaxShortBytes || from.peer_port() > UINT16_MAX ||
      from.udp_port() > UINT16_MAX || hello.frame_duration_ms() == 0 ||
      hello.frame_duration_ms() > kMaxFrameMs || from.age_ms() > INT32_MAX)
    return kept_refused("a value is out of its range");
  const ByteView key = as_bytes(from.key());
  KeptTalk talk{.identity = {.ssrc = Ssrc{from.ssrc()},
                             .id = SessionId{from.session_id()},
                             .device = device,
                             .language = from.language(),
                             .agent = all.agent()},
                .client_id = from.client_id(),
                .hello = {.sample_rate_hz = hello.sample_rate_hz(),
                          .frame_duration = Milliseconds{hello.frame_duration_ms()},
                          .mcp = hello.mcp(),
                          .aec = hello.aec(),
                          .speak_request = hello.speak_request(),
                          .drops_copies = hello.drops_copies()},
                .leg = {.key = AudioKey(std::span<const std::uint8_t, AudioKey::kBytes>(key)),
                        .uplink_sequence = from.uplink_sequence(),
                        .downlink_reserved = from.downlink_reserved()},
                .age = Milliseconds{from.age_ms()},
                .udp_port = static_cast<std::uint16_t>(from.udp_port())};
  if (from.peer_ip() != 0)
    talk.leg.peer = UdpAddress{from.peer_ip(), static_cast<std::uint16_t>(from.peer_port())};
  if (!from.goes_on() || all.checkpoint().empty()) return talk;
  auto remains = read_remains(from, all.checkpoint());
  if (!remains) return remains.error();
  talk.remains = std::move(*remains);
  return talk;
}

}  // namespace

Secret write_kept(const KeptDevice& kept) {
  ipc::KeptDevice to;
  to.set_version(kKeptVersion);
  to.set_device(kept.device.text());
  to.set_agent(kept.agent);
  to.set_checkpoint(kept.checkpoint);
  to.set_at_ms(std::chrono::duration_cast<Milliseconds>(kept.at.time_since_epoch()).count());
  if (kept.talk) write_talk(*kept.talk, *to.mutable_talk());
  Secret bytes(to.SerializeAsString());
  if (to.has_talk()) const Secret wiped(std::move(*to.mutable_talk()->mutable_key()));
  return bytes;
}

Secret write_taken_up(KeptDevice kept) {
  if (kept.talk) kept.talk->leg.downlink_reserved = reserve_behind(kept.talk->leg.downlink_reserved);
  return write_kept(kept);
}

Result<KeptDevice> read_kept(std::string_view bytes) {
  ipc::KeptDevice from;
  if (bytes.size() > INT32_MAX || !from.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return kept_refused("it cannot be read");
  if (from.version() != kKeptVersion) return kept_refused("it is of another version");
  const auto device = DeviceId::parse(from.device());
  if (!device || from.agent().size() > kMaxShortBytes ||
      from.checkpoint().size() > Continuity::kMaxCheckpointBytes)
    return kept_refused("a value is out of its range");
  KeptDevice kept{.device = *device,
                  .agent = from.agent(),
                  .checkpoint = from.checkpoint(),
                  .at = std::chrono::system_clock::time_point(Milliseconds{from.at_ms()})};
  if (!from.has_talk()) return kept;
  auto talk = read_talk(from, *device);
  const Secret wiped(std::move(*from.mutable_talk()->mutable_key()));
  if (!talk) return talk.error();
  kept.talk = std::move(*talk);
  return kept;
}

}  // namespace earshot::gateway
