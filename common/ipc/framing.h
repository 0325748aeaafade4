// Cuts a byte stream into length-prefixed records (docs/protocol_ipc.md): a big-endian u32 length, then that
// many bytes. A record of length 0 is legal (an Envelope without fields). Pure; the bytes are hostile.
//
//   std::span<std::uint8_t> room = reader.prepare();   // read the socket into it
//   reader.commit(received);
//   while (reader.next(record) == RecordReader::Verdict::kRecord) use(record);
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "common/base/bytes.h"

namespace earshot::ipc {

inline constexpr std::size_t kLengthBytes = 4;

// Both ends check before memory is taken: the largest legal record is a tools/list page (about 8 kB,
// device-protocol 8.2) or a long text; 256 KiB leaves room and bounds a hostile peer.
inline constexpr std::size_t kMaxRecordBytes = 256 * 1024;

class RecordReader {
 public:
  enum class Verdict {
    kRecord,    // `record` is the next one, valid until the next prepare()
    kNeedMore,  // read more bytes
    kTooLarge,  // the announced length is over the limit: the stream is lost, and stays so
  };

  // The most that one read takes; about 350 audio frames, a batch far beyond one executor round.
  static constexpr std::size_t kReadBytes = 64 * 1024;

  // At least kReadBytes to read into. Takes memory for one read and one unfinished record, never more.
  std::span<std::uint8_t> prepare();
  // REQUIRES: count <= the size of the span that prepare() gave.
  void commit(std::size_t count);
  Verdict next(ByteView& record);

  std::size_t capacity_bytes() const { return buffer_.size(); }

 private:
  Bytes buffer_;  // [begin_, end_) holds unread bytes
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool lost_ = false;
};

}  // namespace earshot::ipc
