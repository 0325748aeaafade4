#include "worker/providers/net/ndjson_reader.h"

#include <utility>

namespace earshot::worker {

Status NdjsonReader::feed(std::string_view piece, const std::function<bool(std::string_view)>& on_object) {
  for (const char byte : piece) {
    if (stopped_) return kDone;
    if (depth_ == 0 && byte != '{') {
      if (byte == '\n' || byte == '\r' || byte == ' ' || byte == '\t') continue;
      return Error{ErrorCode::kInvalid, "the stream is not made of JSON objects"};
    }
    if (partial_.size() == max_object_bytes_) {
      return Error{ErrorCode::kTooLarge, "an object of the stream is too large"};
    }
    partial_ += byte;
    scan(byte);
    if (depth_ > 0) continue;
    const std::string whole = std::exchange(partial_, {});
    stopped_ = !on_object(whole);
  }
  return kDone;
}

void NdjsonReader::scan(char byte) {
  if (in_text_) {
    if (escaped_) {
      escaped_ = false;
    } else if (byte == '\\') {
      escaped_ = true;
    } else if (byte == '"') {
      in_text_ = false;
    }
    return;
  }
  if (byte == '"') in_text_ = true;
  if (byte == '{') ++depth_;
  if (byte == '}') --depth_;
}

}  // namespace earshot::worker
