// Cuts a stream of text into sentences, so that the first can be spoken while the rest is still being
// thought. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace earshot::worker {

class SentenceSplitter {
 public:
  static constexpr std::size_t kMaxSentenceBytes = 400;  // cut at a blank beyond; about 25 s of speech

  // RETURNS: the sentences that became complete. "3.5" and "p.m. it" do not end one: a full stop counts when
  // a blank and then something other than a small letter follows; Chinese marks count at once.
  std::vector<std::string> add(std::string_view delta);
  std::vector<std::string> flush();  // no more text: the rest

 private:
  std::vector<std::string> take(bool at_end);

  std::string rest_;
};

}  // namespace earshot::worker
