// Cuts a stream of text into sentences, so that the first can be spoken while the rest is still being
// thought. Pure.
//
// - Marks of scripts that write no blank behind them end a sentence at once: Chinese, Japanese, Hindi, Arabic
//   and others.
// - A full stop, '!' or '?' ends one when a blank and then something other than a small letter follows, with
//   closing quotes and brackets in between. Not behind "Mr.", a single letter ("z. B.", "J. Smith") or a
//   number of one or two digits ("21. November"), nor initials ("J.K. Rowling"): joining two sentences only
//   costs time, cutting one in two is heard. Between two Chinese or Japanese characters ('!', '?', '.', ';')
//   no blank is needed.
// - A new line always ends one.
// - The first clause of a text goes ahead when the end of its sentence is not in sight (first_clause.h).
// - Text without any of these (Thai, or nonsense) is cut at kMaxSentenceBytes, at a comma or a blank if there
//   is one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace earshot::worker {

class SentenceSplitter {
 public:
  static constexpr std::size_t kMaxSentenceBytes = 400;  // about 25 s of speech

  // RETURNS: the sentences that became complete.
  std::vector<std::string> add(std::string_view delta);
  std::vector<std::string> flush();  // no more text: the rest

 private:
  std::vector<std::string> take(bool at_end);

  std::string rest_;
  bool first_ = true;  // no sentence was given yet
};

}  // namespace earshot::worker
