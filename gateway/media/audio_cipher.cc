#include "gateway/media/audio_cipher.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>

#include "common/base/check.h"
#include "common/base/random.h"
#include "gateway/media/audio_packet.h"

namespace earshot::gateway {

AudioKey AudioKey::random() {
  std::array<std::uint8_t, kBytes> bytes{};
  fill_random(bytes);
  const AudioKey key{std::span<const std::uint8_t, kBytes>(bytes)};
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return key;
}

AudioKey::AudioKey(std::span<const std::uint8_t, kBytes> bytes) {
  std::copy(bytes.begin(), bytes.end(), bytes_.begin());
}

AudioKey::~AudioKey() {
  OPENSSL_cleanse(bytes_.data(), bytes_.size());
}

std::string AudioKey::reveal_hex() const {
  return to_hex(bytes_);
}

AudioCipher::AudioCipher(const AudioKey& key) : context_(EVP_CIPHER_CTX_new()) {
  EARSHOT_CHECK(context_ != nullptr, "no memory for a cipher context");
  const int ready =
      EVP_EncryptInit_ex2(context_.get(), EVP_aes_128_ctr(), key.reveal().data(), nullptr, nullptr);
  EARSHOT_CHECK(ready == 1, "OpenSSL without AES-128-CTR");
}

AudioCipher::~AudioCipher() = default;

void AudioCipher::apply(ByteView header, ByteView in, std::span<std::uint8_t> out) {
  EARSHOT_CHECK(header.size() == kAudioHeaderBytes, "the counter block is the header");
  EARSHOT_CHECK(out.size() == in.size(), "CTR keeps the length");
  if (in.empty()) return;
  int written = 0;
  const bool done =
      EVP_EncryptInit_ex2(context_.get(), nullptr, nullptr, header.data(), nullptr) == 1 &&
      EVP_EncryptUpdate(context_.get(), out.data(), &written, in.data(), static_cast<int>(in.size())) == 1;
  EARSHOT_CHECK(done && static_cast<std::size_t>(written) == in.size(), "AES-CTR cannot fail on valid input");
}

void AudioCipher::FreeContext::operator()(evp_cipher_ctx_st* context) const {
  EVP_CIPHER_CTX_free(context);  // wipes the expanded key
}

}  // namespace earshot::gateway
