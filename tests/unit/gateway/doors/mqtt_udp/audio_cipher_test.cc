#include "gateway/doors/mqtt_udp/audio_cipher.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <memory>
#include <string>
#include <vector>

#include "gateway/doors/mqtt_udp/audio_packet.h"

namespace earshot::gateway {
namespace {

AudioKey vector_key() {
  const Bytes bytes = from_hex("2b7e151628aed2a6abf7158809cf4f3c").value();
  return AudioKey(std::span<const std::uint8_t, AudioKey::kBytes>(bytes.data(), AudioKey::kBytes));
}

const std::string kPlain = "505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f7071727374757677";

struct Vector {
  const char* name;
  std::string header;
  std::string cipher;
  std::string plain;
};

// device-protocol 4.7
const std::vector<Vector> kVectors{
    {"A: up, first packet", "010000281a2b3c4d0000000000000001",
     "adfa1a678b4bb17c55651d67eeedd2e7909def5ef9d6501f44589e20e031e8741c2217307177f83b", kPlain},
    {"B: up, server AEC", "010000281a2b3c4d0001d4c000000007",
     "ac60a8a689ae04e3fb4c4afbd74556fefafcb79f81ae375a54fc18598be5223391a82f64a5513f54", kPlain},
    {"C: down, reference gateway", "010000281a2b3c4d0000003c00000001",
     "366a340626a5730d559dd7bdd9cda141d46fdae40967cbc5276d17f69235b607a52ca66603b54ff7", kPlain},
    {"D: down, ours", "018000281a2b3c4d0000003c00000001",
     "04b8c6e7226d477e90bc851862fdca0e26ff0777cd430b9232f9b90592c25f2fb9b123ea4933ae2e", kPlain},
    {"E: up, empty", "010000001a2b3c4d0000000000000003", "", ""},
};

TEST(AudioCipherTest, AgreesWithTheTestVectorsInBothDirections) {
  AudioCipher cipher(vector_key());
  for (const auto& vector : kVectors) {
    const Bytes header = from_hex(vector.header).value();
    Bytes bytes = from_hex(vector.plain).value();
    cipher.apply(header, bytes, bytes);
    EXPECT_EQ(to_hex(bytes), vector.cipher) << vector.name;
    cipher.apply(header, bytes, bytes);
    EXPECT_EQ(to_hex(bytes), vector.plain) << vector.name;
  }
}

TEST(AudioCipherTest, ContinuesTheCounterAcrossAll128Bits) {
  AudioCipher cipher(vector_key());
  const Bytes last = from_hex("ffffffffffffffffffffffffffffffff").value();
  const Bytes zero(16, 0);
  Bytes two_blocks(32, 0);
  Bytes one_block(16, 0);

  cipher.apply(last, two_blocks, two_blocks);
  cipher.apply(zero, one_block, one_block);

  EXPECT_EQ(to_hex(ByteView(two_blocks).subspan(16)), to_hex(one_block));
}

// The counter mode is ours: it must be OpenSSL's, for each length and wherever the counter carries.
TEST(AudioCipherTest, IsTheCounterModeOfTheLibrary) {
  const AudioKey key = vector_key();
  AudioCipher cipher(key);
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> library(EVP_CIPHER_CTX_new(),
                                                                                EVP_CIPHER_CTX_free);
  Bytes plain(kMaxOpusBytes);
  for (std::size_t i = 0; i < plain.size(); ++i) plain[i] = static_cast<std::uint8_t>(i * 7);
  for (const char* header : {"010000001a2b3c4d0000000000000001", "0100000000000000fffffffffffffff0",
                             "01ffffffffffffffffffffffffffffff"}) {
    const Bytes counter = from_hex(header).value();
    for (std::size_t length = 1; length <= plain.size(); ++length) {
      const ByteView in = ByteView(plain).first(length);
      Bytes ours(length);
      cipher.apply(counter, in, ours);
      Bytes theirs(length);
      int written = 0;
      ASSERT_EQ(
          EVP_EncryptInit_ex2(library.get(), EVP_aes_128_ctr(), key.reveal().data(), counter.data(), nullptr),
          1);
      ASSERT_EQ(
          EVP_EncryptUpdate(library.get(), theirs.data(), &written, in.data(), static_cast<int>(length)), 1);
      ASSERT_EQ(ours, theirs) << header << " " << length;
    }
  }
}

TEST(AudioKeyTest, ShowsItsBytesAsTheHelloAnswerNeedsThem) {
  EXPECT_EQ(vector_key().reveal_hex(), "2b7e151628aed2a6abf7158809cf4f3c");
}

TEST(AudioKeyTest, IsFreshEachTime) {
  EXPECT_NE(AudioKey::random().reveal_hex(), AudioKey::random().reveal_hex());
}

}  // namespace
}  // namespace earshot::gateway
