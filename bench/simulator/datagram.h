// The audio datagram (device-protocol 4.1): 16 clear header bytes, which are also the first AES counter
// block, then the encrypted Opus packet. Written apart from the gateway's code on purpose: the simulator
// checks it. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "common/base/bytes.h"

struct evp_cipher_ctx_st;  // OpenSSL

namespace earshot::simulator {

inline constexpr std::size_t kHeaderBytes = 16;
inline constexpr std::uint8_t kAudioType = 1;
inline constexpr std::uint8_t kDownlinkFlag = 0x80;  // device-protocol 4.6

using Block = std::array<std::uint8_t, kHeaderBytes>;

struct DatagramHeader {
  std::uint8_t type = 0;            // byte 0
  std::uint8_t flags = 0;           // byte 1
  std::uint16_t payload_bytes = 0;  // bytes 2..3
  std::uint32_t ssrc = 0;           // bytes 4..7
  std::uint32_t timestamp = 0;      // bytes 8..11
  std::uint32_t sequence = 0;       // bytes 12..15
};

// REQUIRES: datagram.size() >= kHeaderBytes.
DatagramHeader read_header(ByteView datagram);
Block header_block(ByteView datagram);

// As the firmware makes it from the hello's nonce (4.2).
Block uplink_header(const Block& nonce, std::size_t payload_bytes, std::uint32_t timestamp,
                    std::uint32_t sequence);

// AES-128-CTR, 128-bit big-endian counter. Encrypting and decrypting are the same.
// Runs on: any one thread at a time.
class AesCtr {
 public:
  explicit AesCtr(const Block& key);
  Bytes apply(const Block& counter, ByteView input);
  // REQUIRES: out.size() == input.size(); the same bytes, or apart.
  void apply(const Block& counter, ByteView input, std::span<std::uint8_t> out);

 private:
  struct Free {
    void operator()(evp_cipher_ctx_st* context) const;
  };
  std::unique_ptr<evp_cipher_ctx_st, Free> context_;
};

// Header and encrypted payload, ready to send.
Bytes seal(AesCtr& cipher, const Block& header, ByteView payload);

}  // namespace earshot::simulator
