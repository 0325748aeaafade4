#include "gateway/doors/mqtt_udp/audio_cipher.h"

#include <endian.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstring>

#include "common/base/check.h"
#include "common/base/random.h"
#include "gateway/doors/mqtt_udp/audio_packet.h"

namespace earshot::gateway {

namespace {

constexpr std::size_t kBlockBytes = 16;
constexpr std::size_t kPieceBytes = 40 * kBlockBytes;  // twice a usual packet

// The header, counted up as one big-endian number of 128 bits (NIST SP 800-38A B.1).
class CounterBlock {
 public:
  explicit CounterBlock(ByteView header) {
    std::memcpy(&high_, header.data(), sizeof high_);
    std::memcpy(&low_, header.data() + sizeof high_, sizeof low_);
    low_ = be64toh(low_);
  }
  void write_next(std::uint8_t* block) {
    const std::uint64_t low = htobe64(low_);
    std::memcpy(block, &high_, sizeof high_);
    std::memcpy(block + sizeof high_, &low, sizeof low);
    if (++low_ == 0) high_ = htobe64(be64toh(high_) + 1);
  }

 private:
  std::uint64_t high_ = 0;  // as it lies in the block
  std::uint64_t low_ = 0;   // as a number
};

void exclusive_or(ByteView in, std::span<const std::uint8_t> stream, std::span<std::uint8_t> out) {
  std::size_t at = 0;
  for (std::uint64_t word = 0, mask = 0; at + sizeof word <= in.size(); at += sizeof word) {
    std::memcpy(&word, in.data() + at, sizeof word);
    std::memcpy(&mask, stream.data() + at, sizeof mask);
    word ^= mask;
    std::memcpy(out.data() + at, &word, sizeof word);
  }
  for (; at < in.size(); ++at) out[at] = in[at] ^ stream[at];
}

}  // namespace

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
  const bool ready =
      EVP_EncryptInit_ex2(context_.get(), EVP_aes_128_ecb(), key.reveal().data(), nullptr, nullptr) == 1 &&
      EVP_CIPHER_CTX_set_padding(context_.get(), 0) == 1;
  EARSHOT_CHECK(ready, "OpenSSL without AES-128");
}

AudioCipher::~AudioCipher() = default;

void AudioCipher::apply(ByteView header, ByteView in, std::span<std::uint8_t> out) {
  EARSHOT_CHECK(header.size() == kAudioHeaderBytes, "the counter block is the header");
  EARSHOT_CHECK(out.size() == in.size(), "CTR keeps the length");
  if (in.empty()) return;
  std::array<std::uint8_t, kPieceBytes> stream;
  CounterBlock counter(header);
  for (std::size_t at = 0; at < in.size(); at += kPieceBytes) {
    const ByteView piece = in.subspan(at, std::min(kPieceBytes, in.size() - at));
    const std::size_t bytes = (piece.size() + kBlockBytes - 1) / kBlockBytes * kBlockBytes;
    for (std::size_t block = 0; block < bytes; block += kBlockBytes) counter.write_next(&stream[block]);
    int written = 0;
    const bool done = EVP_EncryptUpdate(context_.get(), stream.data(), &written, stream.data(),
                                        static_cast<int>(bytes)) == 1;
    EARSHOT_CHECK(done && static_cast<std::size_t>(written) == bytes, "AES cannot fail on whole blocks");
    exclusive_or(piece, stream, out.subspan(at, piece.size()));
  }
}

void AudioCipher::FreeContext::operator()(evp_cipher_ctx_st* context) const {
  EVP_CIPHER_CTX_free(context);  // wipes the expanded key
}

}  // namespace earshot::gateway
