// Facts about the user from what was said: what a model is asked, and what its answer says. Pure.
//
// A model writes what it likes: fences around the JSON, words in front of it, ids that there are not, or no JSON at
// all. What can be read is taken, the rest is left out; nothing of it is an error.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "worker/memory/fact_book.h"
#include "worker/stages/llm.h"

namespace earshot::worker {

struct Exchange {
  std::string words{};
  std::string reply{};
};

inline constexpr std::size_t kMaxExtractionBytes =
    8 * 1024;  // of a model's answer; what is behind is not read

// `day`: as people write it, for facts that name one.
LlmRequest extraction_request(const std::vector<KnownFact>& known, const std::string& summary,
                              const std::vector<Exchange>& said, const std::string& day);

// RETURNS: nothing learnt, where it cannot be read. At most 8 facts; only ids that are known are forgotten.
FactChange read_extraction(std::string_view answer, const std::vector<KnownFact>& known);

}  // namespace earshot::worker
