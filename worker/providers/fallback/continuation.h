// A reply that broke off is continued by another brain: what it is asked, and its answer without what was
// said already. Pure.
#pragma once

#include <string>
#include <string_view>

#include "worker/stages/llm.h"

namespace earshot::worker {

// The request, with the part of the reply that exists and the wish to go on from there.
// Still ends with kUser.
LlmRequest continued(const LlmRequest& request, const std::string& partial_reply);

// Models like to begin again: with the whole reply, or with its last words. Text is held back as long as it
// may be such a repetition, and left out when it is one.
class RepetitionFilter {
 public:
  explicit RepetitionFilter(std::string said);

  // RETURNS: what is new.
  std::string add(std::string_view delta);
  std::string finish();  // no more text: what was held back, if it is new

 private:
  std::string decide(bool at_end);
  std::string spaced(std::string text) const;

  std::string said_;
  bool spaced_ = false;  // a space followed it
  std::string held_;
  bool decided_ = false;
};

}  // namespace earshot::worker
