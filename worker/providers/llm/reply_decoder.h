// A service's answer, byte by byte, to what the conversation gets: framing, the service's dialect (a
// ReplyReader), thinking dropped, calls written as text found, names of tools turned back. Pure.
//
// What is good is taken: an event, a line, a call that cannot be read is counted and left out; it is an error
// only if nothing else came. Arguments that are no JSON object leave their call marked unusable.
//
// Owns: the reader.
// Lifecycle: feed() until an `end` is given, else finish().
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "worker/providers/llm/reply_reader.h"
#include "worker/providers/llm/text_calls.h"
#include "worker/providers/llm/think_filter.h"
#include "worker/providers/llm/tool_names.h"
#include "worker/providers/net/ndjson_reader.h"
#include "worker/providers/net/sse_reader.h"

namespace earshot::worker {

struct ReplyContext {
  ToolNames names;
  std::vector<ToolSpec> tools;        // on offer: their schemas say what a value is
  std::set<std::string> taken_ids;    // of the calls in the dialogue: new ones differ from them
  bool may_be_empty = false;          // after a tool's answer a model may have nothing to add
  bool may_begin_in_thought = false;  // see ThinkFilter

  static ReplyContext of(const LlmRequest& request);
};

class ReplyDecoder {
 public:
  enum class Framing { kServerSentEvents, kJsonLines };
  static constexpr std::size_t kMaxCalls = 32;  // of a reply; more are left out

  ReplyDecoder(std::unique_ptr<ReplyReader> reader, Framing framing, ReplyContext context);

  // Text and calls are the final ones: calls have unique ids and arguments that are a JSON object. `usage` is
  // given once, with the end. `finishing` is only true when something was said or called: a mark of the end that
  // comes before that is not to be believed.
  ReplyEvents feed(std::string_view bytes);
  ReplyEvents finish();  // the body is over in order: an end, when words were said

  std::uint32_t unread() const { return unread_; }  // parts left out so far

 private:
  enum class Shape { kUnknown, kStream, kWhole };

  Status recognise(std::string_view bytes);
  void read(std::string_view bytes, ReplyEvents& raw);
  ReplyEvents polish(ReplyEvents raw);
  void say(std::string_view text, ReplyEvents& out);
  void add_split(TextCalls::Split split, ReplyEvents& out);
  void add_call(ToolCall call, ReplyEvents& out);
  Status flush(ReplyEvents& out);
  Status end_without_mark() const;

  std::unique_ptr<ReplyReader> reader_;
  Framing framing_;
  ReplyContext context_;
  Shape shape_ = Shape::kUnknown;
  SseReader events_;
  NdjsonReader lines_;
  std::string whole_;
  ThinkFilter thinking_;
  TextCalls text_calls_;
  LlmUsage usage_;
  std::size_t calls_ = 0;
  std::uint32_t read_ = 0;
  std::uint32_t unread_ = 0;
  bool cut_off_ = false;  // the last event was no whole one
  bool has_usage_ = false;
  bool said_something_ = false;
  bool ended_ = false;
};

}  // namespace earshot::worker
