// What of a service's answer the brain is told. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/json/json.h"

namespace earshot::worker {

struct AnswerTerms {
  enum class Format { kJson, kFeed, kText };
  Format format = Format::kJson;
  std::string each = {};   // pointer to a list; empty: the answer is read once
  std::size_t limit = 10;  // of its items
  // "/current": what stands there. "{{/title}}: {{/text}}": in words; with `each`, of each item. Empty: all of it.
  std::string answer = {};
};

// RFC 6901: "/results/0/name"; "" is the whole. nullptr: nothing is there.
const json::value* find_pointer(const json::value& from, std::string_view pointer);

// Valid UTF-8 of at most `max_bytes`.
// Errors: kInvalid: not what `format` says, or nothing of it.
Result<std::string> answer_text(const AnswerTerms& terms, std::string_view body, std::size_t max_bytes);

}  // namespace earshot::worker
