// JSON objects out of pieces of any length, a line each or glued together (providers.md 9, M3). Pure.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace earshot::worker {

class NdjsonReader {
 public:
  explicit NdjsonReader(std::size_t max_object_bytes = 1024 * 1024) : max_object_bytes_(max_object_bytes) {}

  // Calls `on_object` with the text of each complete object; it may stop the reading by returning false.
  // Errors: kTooLarge; kInvalid when something other than white space stands between objects.
  Status feed(std::string_view piece, const std::function<bool(std::string_view)>& on_object);

  bool between_objects() const { return depth_ == 0; }  // at the end of the body: nothing is cut off

 private:
  void scan(char byte);

  std::size_t max_object_bytes_;
  std::string partial_;
  std::size_t depth_ = 0;
  bool in_text_ = false;
  bool escaped_ = false;
  bool stopped_ = false;
};

}  // namespace earshot::worker
