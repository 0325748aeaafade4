#include "bench/simulator/datagram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace earshot::simulator {
namespace {

// device-protocol 4.7.
constexpr const char* kKey = "2b7e151628aed2a6abf7158809cf4f3c";
constexpr const char* kNonce = "010000001a2b3c4d0000000000000000";
constexpr const char* kPlain =
    "505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f7071727374757677";

Block block(const std::string& hex) {
  Block out{};
  const Bytes bytes = *from_hex(hex);
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

struct Vector {
  const char* name;
  std::uint32_t timestamp;
  std::uint32_t sequence;
  std::uint8_t flags;
  const char* header;
  const char* payload;
};

TEST(Datagram, MatchesTheTestVectors) {
  const Vector vectors[] = {
      {"A", 0, 1, 0, "010000281a2b3c4d0000000000000001",
       "adfa1a678b4bb17c55651d67eeedd2e7909def5ef9d6501f44589e20e031e8741c2217307177f83b"},
      {"B", 120000, 7, 0, "010000281a2b3c4d0001d4c000000007",
       "ac60a8a689ae04e3fb4c4afbd74556fefafcb79f81ae375a54fc18598be5223391a82f64a5513f54"},
      {"C", 60, 1, 0, "010000281a2b3c4d0000003c00000001",
       "366a340626a5730d559dd7bdd9cda141d46fdae40967cbc5276d17f69235b607a52ca66603b54ff7"},
      {"D", 60, 1, 0x80, "018000281a2b3c4d0000003c00000001",
       "04b8c6e7226d477e90bc851862fdca0e26ff0777cd430b9232f9b90592c25f2fb9b123ea4933ae2e"},
  };
  AesCtr cipher(block(kKey));
  for (const Vector& vector : vectors) {
    SCOPED_TRACE(vector.name);
    Block header = uplink_header(block(kNonce), 40, vector.timestamp, vector.sequence);
    header[1] = vector.flags;
    EXPECT_EQ(to_hex(header), vector.header);
    EXPECT_EQ(to_hex(seal(cipher, header, *from_hex(kPlain))), std::string(vector.header) + vector.payload);
    EXPECT_EQ(to_hex(cipher.apply(header, *from_hex(vector.payload))), kPlain);
  }
}

TEST(Datagram, SealsAnEmptyPayload) {
  AesCtr cipher(block(kKey));
  EXPECT_EQ(to_hex(seal(cipher, uplink_header(block(kNonce), 0, 0, 3), {})),
            "010000001a2b3c4d0000000000000003");
}

TEST(Datagram, OverwritesLengthTimestampAndSequenceOfTheNonceOnly) {
  const Block header = uplink_header(block("0123456789abcdef0123456789abcdef"), 5, 0, 1);
  EXPECT_EQ(to_hex(header), "0123000589abcdef0000000000000001");
}

TEST(Datagram, ReadsTheHeaderBack) {
  const DatagramHeader header = read_header(*from_hex("018000281a2b3c4d0000003c00000009"));
  EXPECT_EQ(header.type, 1);
  EXPECT_EQ(header.flags, 0x80);
  EXPECT_EQ(header.payload_bytes, 40);
  EXPECT_EQ(header.ssrc, 0x1a2b3c4dU);
  EXPECT_EQ(header.timestamp, 60U);
  EXPECT_EQ(header.sequence, 9U);
}

}  // namespace
}  // namespace earshot::simulator
