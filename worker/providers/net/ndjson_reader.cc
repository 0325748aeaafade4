#include "worker/providers/net/ndjson_reader.h"

#include <utility>

namespace earshot::worker {

namespace {

constexpr std::string_view kEventField = "data:";  // of a proxy that makes events of the lines

}  // namespace

Status NdjsonReader::feed(std::string_view piece, const std::function<bool(std::string_view)>& on_object) {
  for (const char byte : piece) {
    if (stopped_) return kDone;
    if (byte == '\n' || byte == '\r') {
      end_line();
      continue;
    }
    const bool begins_line = std::exchange(at_line_start_, false);
    // A line that begins with an object while another one is open: that one was cut off.
    if (depth_ > 0 && begins_line && byte == '{') give_up();
    if (depth_ == 0 && byte != '{') {
      skip(byte);
      continue;
    }
    if (depth_ == 0 && in_junk_) continue;
    junk_.clear();
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

// Text cannot go over the end of a line in JSON: an object that tries to was cut off.
void NdjsonReader::end_line() {
  at_line_start_ = true;
  if (in_junk_ || !junk_.empty()) ++skipped_;
  in_junk_ = false;
  junk_.clear();
  if (in_text_) give_up();
}

// White space between objects, or a line of something else, of which nothing counts.
void NdjsonReader::skip(char byte) {
  if (byte == ' ' || byte == '\t') return;
  if (in_junk_) return;
  junk_ += byte;
  const bool mark = std::string_view("\xEF\xBB\xBF").starts_with(junk_);
  in_junk_ = !mark && !kEventField.starts_with(junk_);
  if (in_junk_) junk_.clear();
}

void NdjsonReader::give_up() {
  ++skipped_;
  partial_.clear();
  depth_ = 0;
  in_text_ = escaped_ = false;
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
