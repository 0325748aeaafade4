// JSON objects out of pieces of any length, a line each or glued together (provider-protocol 9, M3). Pure.
//
// Bytes are hostile, but one bad line loses no other: a line that begins with something else, and an object
// that its line cuts off, are counted and left out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace earshot::worker {

class NdjsonReader {
 public:
  explicit NdjsonReader(std::size_t max_object_bytes = 1024 * 1024) : max_object_bytes_(max_object_bytes) {}

  // Calls `on_object` with the text of each complete object; it may stop the reading by returning false. A
  // byte order mark and the `data:` of proxies that make events of the lines are no part of an object.
  // Errors: kTooLarge.
  Status feed(std::string_view piece, const std::function<bool(std::string_view)>& on_object);

  bool between_objects() const { return depth_ == 0; }  // at the end of the body: nothing is cut off
  std::uint32_t skipped() const { return skipped_; }    // lines and objects that were left out so far

 private:
  void end_line();
  void skip(char byte);
  void give_up();
  void scan(char byte);

  std::size_t max_object_bytes_;
  std::string partial_;
  std::string junk_;  // what may still be the beginning of a mark or a field's name
  std::size_t depth_ = 0;
  std::uint32_t skipped_ = 0;
  bool at_line_start_ = true;
  bool in_junk_ = false;  // up to the end of the line
  bool in_text_ = false;
  bool escaped_ = false;
  bool stopped_ = false;
};

}  // namespace earshot::worker
