// What was said in a Coze conversation, for the worker that comes behind one that is lost. Pure.
//
// Bounded: kMaxLines and kMaxBytes; the oldest go first.
#pragma once

#include <cstddef>
#include <deque>
#include <string>

#include "ipc.pb.h"

namespace earshot::gateway {

class CozeDialogue {
 public:
  static constexpr std::size_t kMaxLines = 400;
  static constexpr std::size_t kMaxBytes = 128 * 1024;  // a link takes 256 KiB a record
  static constexpr std::size_t kMaxLineBytes = 32 * 1024;

  void add(ipc::CallLine::Who who, std::string text) {
    if (text.empty()) return;
    bytes_ += text.size();
    lines_.push_back({who, std::move(text)});
    while (lines_.size() > kMaxLines || bytes_ > kMaxBytes) {
      bytes_ -= lines_.front().text.size();
      lines_.pop_front();
    }
  }
  void clear() {
    lines_.clear();
    bytes_ = 0;
  }
  void write(google::protobuf::RepeatedPtrField<ipc::CallLine>& into) const {
    for (const Line& line : lines_) {
      ipc::CallLine& one = *into.Add();
      one.set_who(line.who);
      one.set_text(line.text);
    }
  }

 private:
  struct Line {
    ipc::CallLine::Who who;
    std::string text;
  };
  std::deque<Line> lines_;
  std::size_t bytes_ = 0;
};

}  // namespace earshot::gateway
