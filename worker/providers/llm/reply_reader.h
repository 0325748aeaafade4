// What each service's dialect is translated into, and the interface of the translators. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/json/json.h"
#include "worker/stages/llm.h"

namespace earshot::worker {

struct ReplyEvents {
  std::string text;                 // what the model says next
  std::vector<ToolCall> calls;      // behind the text; names as the service has them, ids may be empty
  std::optional<LlmUsage> usage;    // the latest one counts
  bool finishing = false;           // the model is through; at most figures are still to come
  std::optional<Status> end;        // nothing counts after it
  std::string dialogue_id;          // not empty: what the service calls this dialogue
  std::string chat_id;              // not empty: what it calls this answer
  bool awaits_tool_output = false;  // the service waits for the answers to `calls` under chat_id
};

// The data of an event. Bytes that are not UTF-8 are replaced; what is not an object is kInvalid.
Result<json::object> parse_event(std::string_view data);

// A figure of a usage object; 0 if it is missing or absurd.
std::uint32_t token_count(const json::object& usage, std::string_view key);

// One answer of a service. Bytes are hostile: a reader bounds what it keeps and never throws.
class ReplyReader {
 public:
  virtual ~ReplyReader() = default;
  // One event of the stream (`name` is empty where the framing has none), or one line.
  virtual void on_event(std::string_view name, std::string_view data, ReplyEvents& out) = 0;
  // The body was not a stream but one object: an error in the clothes of a 200, or the whole answer at once.
  virtual void on_whole(const json::object& body, ReplyEvents& out) = 0;
  // The body is over and no end was given.
  virtual void on_body_end(ReplyEvents& out) = 0;
};

}  // namespace earshot::worker
