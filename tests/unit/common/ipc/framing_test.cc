#include "common/ipc/framing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace earshot::ipc {
namespace {

using Verdict = RecordReader::Verdict;

Bytes framed(std::string_view body) {
  Bytes bytes(kLengthBytes);
  store_be32(bytes.data(), static_cast<std::uint32_t>(body.size()));
  bytes.insert(bytes.end(), body.begin(), body.end());
  return bytes;
}

void feed(RecordReader& reader, ByteView bytes) {
  const auto room = reader.prepare();
  ASSERT_LE(bytes.size(), room.size());
  std::ranges::copy(bytes, room.begin());
  reader.commit(bytes.size());
}

std::vector<std::string> drain(RecordReader& reader, Verdict& last) {
  std::vector<std::string> records;
  ByteView found;
  while ((last = reader.next(found)) == Verdict::kRecord) records.emplace_back(as_text(found));
  return records;
}

TEST(RecordReader, CutsSeveralRecordsOutOfOneRead) {
  RecordReader reader;
  Bytes bytes = framed("one");
  for (const auto* more : {"", "three"}) {
    const Bytes next = framed(more);
    bytes.insert(bytes.end(), next.begin(), next.end());
  }
  feed(reader, bytes);
  Verdict last{};
  EXPECT_THAT(drain(reader, last), testing::ElementsAre("one", "", "three"));
  EXPECT_EQ(last, Verdict::kNeedMore);
}

TEST(RecordReader, GivesTheSameRecordsHoweverTheStreamIsCut) {
  std::mt19937 random(7);
  std::vector<std::string> sent;
  Bytes stream;
  for (int i = 0; i < 200; ++i) {
    sent.push_back(std::string(random() % 700, static_cast<char>('a' + i % 26)));
    const Bytes one = framed(sent.back());
    stream.insert(stream.end(), one.begin(), one.end());
  }
  RecordReader reader;
  std::vector<std::string> received;
  for (std::size_t at = 0; at < stream.size();) {
    const std::size_t count = std::min<std::size_t>(1 + random() % 97, stream.size() - at);
    feed(reader, ByteView(stream).subspan(at, count));
    at += count;
    Verdict last{};
    const auto found = drain(reader, last);
    received.insert(received.end(), found.begin(), found.end());
  }
  EXPECT_EQ(received, sent);
}

TEST(RecordReader, TakesTheLargestLegalRecord) {
  const std::string body(kMaxRecordBytes, 'x');
  const Bytes bytes = framed(body);
  RecordReader reader;
  ByteView found;
  for (std::size_t at = 0; at < bytes.size(); at += RecordReader::kReadBytes) {
    EXPECT_EQ(reader.next(found), Verdict::kNeedMore);
    feed(reader, ByteView(bytes).subspan(at, std::min(RecordReader::kReadBytes, bytes.size() - at)));
  }
  ASSERT_EQ(reader.next(found), Verdict::kRecord);
  EXPECT_EQ(as_text(found), body);
}

TEST(RecordReader, RefusesALengthOverTheLimitBeforeTakingMemory) {
  for (const std::uint32_t length : {std::uint32_t{kMaxRecordBytes} + 1, 0x7fffffffU, 0xffffffffU}) {
    RecordReader reader;
    Bytes head(kLengthBytes);
    store_be32(head.data(), length);
    feed(reader, head);
    ByteView found;
    EXPECT_EQ(reader.next(found), Verdict::kTooLarge) << length;
    EXPECT_LE(reader.capacity_bytes(), RecordReader::kReadBytes);
    feed(reader, framed("later"));
    EXPECT_EQ(reader.next(found), Verdict::kTooLarge) << "a lost stream stays lost";
  }
}

TEST(RecordReader, HoldsOneReadAndOneRecordAtMost) {
  RecordReader reader;
  const Bytes bytes = framed(std::string(kMaxRecordBytes, 'x'));
  for (int round = 0; round < 5; ++round) {
    for (std::size_t at = 0; at < bytes.size(); at += 1000) {
      feed(reader, ByteView(bytes).subspan(at, std::min<std::size_t>(1000, bytes.size() - at)));
      Verdict last{};
      drain(reader, last);
    }
  }
  EXPECT_LE(reader.capacity_bytes(), kMaxRecordBytes + kLengthBytes + RecordReader::kReadBytes + 1000);
}

}  // namespace
}  // namespace earshot::ipc
