// A service's answer, byte by byte, to what the conversation gets: framing, the service's dialect (a
// ReplyReader), thinking dropped, calls written as text found, names of tools turned back. Pure.
//
// Owns: the reader.
// Lifecycle: feed() until an `end` is given, else finish().
#pragma once

#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "worker/providers/llm/reply_reader.h"
#include "worker/providers/llm/tagged_text.h"
#include "worker/providers/llm/think_filter.h"
#include "worker/providers/llm/tool_names.h"
#include "worker/providers/net/ndjson_reader.h"
#include "worker/providers/net/sse_reader.h"

namespace earshot::worker {

struct ReplyContext {
  ToolNames names;
  std::set<std::string> taken_ids;  // of the calls in the dialogue: new ones differ from them
  bool may_be_empty = false;        // after a tool's answer a model may have nothing to add

  static ReplyContext of(const LlmRequest& request);
};

class ReplyDecoder {
 public:
  enum class Framing { kServerSentEvents, kJsonLines };

  ReplyDecoder(std::unique_ptr<ReplyReader> reader, Framing framing, ReplyContext context);

  // Text and calls are the final ones: calls have unique ids and arguments that are a JSON object. `usage` is
  // given once, with the end.
  ReplyEvents feed(std::string_view bytes);
  ReplyEvents finish();  // the body is over in order

 private:
  enum class Shape { kUnknown, kStream, kWhole };

  Status recognise(std::string_view bytes);
  void read(std::string_view bytes, ReplyEvents& raw);
  ReplyEvents polish(ReplyEvents raw);
  void add_split(TaggedText::Split split, ReplyEvents& out);
  Status add_call(ToolCall call, ReplyEvents& out);
  Status flush(ReplyEvents& out);

  std::unique_ptr<ReplyReader> reader_;
  Framing framing_;
  ReplyContext context_;
  Shape shape_ = Shape::kUnknown;
  SseReader events_;
  NdjsonReader lines_;
  std::string whole_;
  ThinkFilter thinking_;
  TaggedText text_calls_;
  LlmUsage usage_;
  bool has_usage_ = false;
  bool said_something_ = false;
  bool called_something_ = false;
  bool ended_ = false;
};

}  // namespace earshot::worker
