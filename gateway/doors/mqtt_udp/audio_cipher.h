// AES-128-CTR of one session, both directions; the counter block of a packet is its header (device-protocol
// 4.1). There is no authentication tag: what comes out is hostile until opus_packet has looked at it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "common/base/bytes.h"

struct evp_cipher_ctx_st;

namespace earshot::gateway {

// 128 key bits; wiped when it dies. Fresh for each hello, because the counters restart there (4.6).
class AudioKey {
 public:
  static constexpr std::size_t kBytes = 16;

  static AudioKey random();
  explicit AudioKey(std::span<const std::uint8_t, kBytes> bytes);
  AudioKey(const AudioKey&) = default;
  AudioKey& operator=(const AudioKey&) = default;
  ~AudioKey();

  // The only ways to the bytes.
  std::span<const std::uint8_t, kBytes> reveal() const { return bytes_; }
  std::string reveal_hex() const;  // 32 digits, for the hello answer

 private:
  std::array<std::uint8_t, kBytes> bytes_;
};

// Runs on: one thread.
// Owns: one EVP context with the expanded key (a context a packet costs four times as much, measurements 2).
// AES is OpenSSL's; the counter mode around it is ours, because giving a context another counter costs more
// than the packet itself: a third of all instructions of a frame.
class AudioCipher {
 public:
  explicit AudioCipher(const AudioKey& key);
  AudioCipher(const AudioCipher&) = delete;
  AudioCipher& operator=(const AudioCipher&) = delete;
  ~AudioCipher();

  // Encrypts or decrypts, which is the same in CTR.
  // REQUIRES: header of 16 bytes; out.size() == in.size();
  // `in` and `out` are the same bytes or do not overlap.
  void apply(ByteView header, ByteView in, std::span<std::uint8_t> out);

 private:
  struct FreeContext {
    void operator()(evp_cipher_ctx_st* context) const;
  };
  std::unique_ptr<evp_cipher_ctx_st, FreeContext> context_;
};

}  // namespace earshot::gateway
