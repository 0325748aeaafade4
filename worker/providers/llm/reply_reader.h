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
  bool alive = false;               // bytes came, though there may be nothing to show: the model works
  bool finishing = false;           // the model is through; at most figures are still to come
  bool holds_calls = false;         // calls are known that are given with the end
  std::optional<Status> end;        // nothing counts after it
  std::string dialogue_id;          // not empty: what the service calls this dialogue
  std::string chat_id;              // not empty: what it calls this answer
  bool awaits_tool_output = false;  // the service waits for the answers to `calls` under chat_id
  std::uint32_t read = 0;           // events that were understood
  std::uint32_t unread = 0;         // parts that were not, and were left out
  // Known at the first end mark of a thought without its beginning (true), or at the end of a reply that was
  // held back for one (false).
  std::optional<bool> unopened_thought;
};

// The data of an event, counted as `read`. Bytes that are not UTF-8 are replaced, a second `data:` of a proxy is
// taken off. nullopt: it is no JSON object (keep-alive texts of gateways), counted as `unread`: one bad event
// loses no other.
std::optional<json::object> read_event(std::string_view data, ReplyEvents& out);

// What a message says: text by the book, or a list of parts, of which those of type `text` are said.
std::string content_text(const json::object& message);

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
  // The body is over in order and no end was given. Gives what was held back, and an end if the service's own
  // mark of it was seen; without one the decoder decides by what was said.
  virtual void on_body_end(ReplyEvents& out) = 0;
};

}  // namespace earshot::worker
