#include "bench/simulator/datagram.h"

#include <algorithm>

#include <openssl/evp.h>

#include "common/base/check.h"

namespace earshot::simulator {

DatagramHeader read_header(ByteView datagram) {
  const std::uint8_t* at = datagram.data();
  return {.type = at[0],
          .flags = at[1],
          .payload_bytes = load_be16(at + 2),
          .ssrc = load_be32(at + 4),
          .timestamp = load_be32(at + 8),
          .sequence = load_be32(at + 12)};
}

Block header_block(ByteView datagram) {
  Block block{};
  std::copy_n(datagram.begin(), kHeaderBytes, block.begin());
  return block;
}

Block uplink_header(const Block& nonce, std::size_t payload_bytes, std::uint32_t timestamp,
                    std::uint32_t sequence) {
  Block header = nonce;
  store_be16(header.data() + 2, static_cast<std::uint16_t>(payload_bytes));
  store_be32(header.data() + 8, timestamp);
  store_be32(header.data() + 12, sequence);
  return header;
}

void AesCtr::Free::operator()(evp_cipher_ctx_st* context) const {
  EVP_CIPHER_CTX_free(context);
}

AesCtr::AesCtr(const Block& key) : context_(EVP_CIPHER_CTX_new()) {
  const bool ready =
      context_ && EVP_EncryptInit_ex(context_.get(), EVP_aes_128_ctr(), nullptr, key.data(), nullptr) == 1;
  EARSHOT_CHECK(ready, "OpenSSL has AES-128-CTR");
}

Bytes AesCtr::apply(const Block& counter, ByteView input) {
  Bytes output(input.size());
  apply(counter, input, output);
  return output;
}

void AesCtr::apply(const Block& counter, ByteView input, std::span<std::uint8_t> out) {
  int written = 0;
  const bool done = EVP_EncryptInit_ex2(context_.get(), nullptr, nullptr, counter.data(), nullptr) == 1 &&
                    (input.empty() || EVP_EncryptUpdate(context_.get(), out.data(), &written, input.data(),
                                                        static_cast<int>(input.size())) == 1);
  EARSHOT_CHECK(done && static_cast<std::size_t>(written) == input.size(), "AES-CTR is a stream cipher");
}

Bytes seal(AesCtr& cipher, const Block& header, ByteView payload) {
  Bytes datagram(header.begin(), header.end());
  const Bytes hidden = cipher.apply(header, payload);
  datagram.insert(datagram.end(), hidden.begin(), hidden.end());
  return datagram;
}

}  // namespace earshot::simulator
