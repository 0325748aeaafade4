#include "common/ipc/framing.h"

#include <cstring>

#include "common/base/check.h"

namespace earshot::ipc {

std::span<std::uint8_t> RecordReader::prepare() {
  const std::size_t unread = end_ - begin_;
  if (begin_ > 0 && unread > 0) std::memmove(buffer_.data(), buffer_.data() + begin_, unread);
  begin_ = 0;
  end_ = unread;
  if (buffer_.size() - end_ < kReadBytes) buffer_.resize(end_ + kReadBytes);
  return std::span(buffer_).subspan(end_);
}

void RecordReader::commit(std::size_t count) {
  EARSHOT_CHECK(count <= buffer_.size() - end_, "more bytes than there was room for");
  end_ += count;
}

RecordReader::Verdict RecordReader::next(ByteView& record) {
  if (lost_) return Verdict::kTooLarge;
  const std::size_t unread = end_ - begin_;
  if (unread < kLengthBytes) return Verdict::kNeedMore;
  const std::size_t length = load_be32(buffer_.data() + begin_);
  if (length > kMaxRecordBytes) {
    // A hostile length would make us collect gigabytes before we notice: refused before any memory is taken.
    lost_ = true;
    return Verdict::kTooLarge;
  }
  if (unread - kLengthBytes < length) return Verdict::kNeedMore;
  record = ByteView(buffer_).subspan(begin_ + kLengthBytes, length);
  begin_ += kLengthBytes + length;
  return Verdict::kRecord;
}

}  // namespace earshot::ipc
