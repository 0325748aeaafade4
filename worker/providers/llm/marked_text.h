// Streamed text and the marks in it: a mark is found however the pieces are cut. Pure.
//
// Owns: the end of the text that may still become a mark; at most kMaxMarkBytes.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace earshot::worker {

struct MarkMatch {
  std::size_t length = 0;  // 0: no mark
  int mark = 0;            // which one: the caller's own number
  bool may_grow = false;   // more text may make it a mark, or a longer one
};

// RETURNS: how `rest` begins with `mark`; letters of ASCII without regard to case.
MarkMatch match_mark(std::string_view rest, std::string_view mark, int number);
// The same for an element of XML: `<name>`, `<name key="value">`, `<name/>`; closing: `</name>`. White space
// may stand at its edges.
MarkMatch match_element(std::string_view rest, std::string_view name, bool closing, int number);
// The longer of two.
MarkMatch better(const MarkMatch& one, const MarkMatch& other);

class MarkedText {
 public:
  static constexpr std::size_t kMaxMarkBytes = 256;

  using Find = std::function<MarkMatch(std::string_view rest)>;
  using OnText = std::function<void(std::string_view text)>;
  using OnMark = std::function<void(int mark, std::string_view text)>;

  // `intros`: the bytes with which marks begin. `find` is asked at each of them.
  explicit MarkedText(std::string_view intros) : intros_(intros) {}

  // Text and marks in their order. `last`: nothing more comes, so nothing is held back.
  void feed(std::string_view piece, bool last, const Find& find, const OnText& on_text,
            const OnMark& on_mark);

 private:
  std::string_view intros_;
  std::string held_;
};

}  // namespace earshot::worker
