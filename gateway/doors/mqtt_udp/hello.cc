#include "gateway/doors/mqtt_udp/hello.h"

#include "common/base/bytes.h"
#include "gateway/doors/mqtt_udp/audio_packet.h"
#include "gateway/xiaozhi/down_message.h"

namespace earshot::gateway {

namespace {

// The device copies type and ssrc from here into its headers; py-xiaozhi copies the timestamp too (4.2).
std::string nonce_hex(Ssrc ssrc) {
  AudioHeader header;
  header.ssrc = ssrc;
  return to_hex(build_audio_header(header));
}

}  // namespace

std::string hello_message(const SessionId& session, const SessionTerms& terms, const UdpAnnouncement& where,
                          Ssrc ssrc, const AudioKey& key) {
  auto hello = hello_answer(session, "udp", terms.sample_rate_hz, terms.frame_duration);
  hello["udp"] = json::object{{"server", where.server},
                              {"port", where.port},
                              {"encryption", "aes-128-ctr"},
                              {"key", key.reveal_hex()},
                              {"nonce", nonce_hex(ssrc)}};
  return json::serialize(hello);
}

}  // namespace earshot::gateway
