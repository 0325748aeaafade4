#include "worker/providers/llm/reply_decoder.h"

#include <utility>

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxWholeBytes = 1024 * 1024;
constexpr std::size_t kMaxTextCallBytes = 64 * 1024;

constexpr std::string_view kWhiteSpace = " \t\r\n";

}  // namespace

ReplyContext ReplyContext::of(const LlmRequest& request) {
  ReplyContext context;
  context.names = ToolNames(request.tools);
  for (const Message& message : request.dialogue) {
    for (const ToolCall& call : message.tool_calls) context.taken_ids.insert(call.id);
  }
  context.may_be_empty = !request.dialogue.empty() && request.dialogue.back().role == Message::Role::kTool;
  return context;
}

ReplyDecoder::ReplyDecoder(std::unique_ptr<ReplyReader> reader, Framing framing, ReplyContext context)
    : reader_(std::move(reader)),
      framing_(framing),
      context_(std::move(context)),
      text_calls_("<tool_call>", "</tool_call>", kMaxTextCallBytes) {}

ReplyEvents ReplyDecoder::feed(std::string_view bytes) {
  ReplyEvents raw;
  if (ended_) return raw;
  if (const Status known = recognise(bytes); !known) {
    raw.end = known.error();
  } else {
    read(bytes, raw);
  }
  return polish(std::move(raw));
}

ReplyEvents ReplyDecoder::finish() {
  ReplyEvents raw;
  if (ended_) return raw;
  const auto pass = [&](const SseEvent& event) {
    reader_->on_event(event.name, event.data, raw);
    return !raw.end.has_value();
  };
  switch (shape_) {
    case Shape::kUnknown:
      raw.end = Error{ErrorCode::kUnavailable, "the answer is empty"};
      break;
    case Shape::kStream:
      if (framing_ == Framing::kServerSentEvents) events_.finish(pass);
      if (!raw.end) reader_->on_body_end(raw);
      break;
    case Shape::kWhole:
      if (const auto body = json::parse_object(json::clean_text(whole_, kMaxWholeBytes), kMaxWholeBytes)) {
        reader_->on_whole(*body, raw);
        if (!raw.end) reader_->on_body_end(raw);
      } else {
        raw.end = Error{ErrorCode::kInvalid, "the answer is neither a stream nor JSON: check the URL"};
      }
      break;
  }
  return polish(std::move(raw));
}

// The first byte tells: servers are careless with content types, and errors come with status 200.
Status ReplyDecoder::recognise(std::string_view bytes) {
  if (shape_ != Shape::kUnknown) return kDone;
  const auto at = bytes.find_first_not_of(kWhiteSpace);
  if (at == std::string_view::npos) return kDone;
  if (bytes[at] == '<') {
    return Error{ErrorCode::kInvalid, "the answer is a web page: check the URL"};
  }
  const bool whole = framing_ == Framing::kServerSentEvents && bytes[at] == '{';
  shape_ = whole ? Shape::kWhole : Shape::kStream;
  return kDone;
}

void ReplyDecoder::read(std::string_view bytes, ReplyEvents& raw) {
  Status status = kDone;
  if (shape_ == Shape::kWhole) {
    if (whole_.size() + bytes.size() > kMaxWholeBytes) {
      status = Error{ErrorCode::kTooLarge, "the answer is larger than allowed"};
    } else {
      whole_ += bytes;
    }
  } else if (framing_ == Framing::kServerSentEvents) {
    status = events_.feed(bytes, [&](const SseEvent& event) {
      reader_->on_event(event.name, event.data, raw);
      return !raw.end.has_value();
    });
  } else {
    status = lines_.feed(bytes, [&](std::string_view line) {
      reader_->on_event({}, line, raw);
      return !raw.end.has_value();
    });
  }
  if (!status && !raw.end) raw.end = status.error();
}

ReplyEvents ReplyDecoder::polish(ReplyEvents raw) {
  ReplyEvents out;
  out.finishing = raw.finishing;
  out.dialogue_id = std::move(raw.dialogue_id);
  out.chat_id = std::move(raw.chat_id);
  out.awaits_tool_output = raw.awaits_tool_output;
  out.end = std::move(raw.end);
  if (raw.usage) {
    usage_ = *raw.usage;
    has_usage_ = true;
  }
  add_split(text_calls_.feed(thinking_.feed(raw.text)), out);
  Status calls = kDone;
  for (ToolCall& call : raw.calls) {
    if (calls) calls = add_call(std::move(call), out);
  }
  if (!calls && !(out.end && !out.end->ok())) out.end = calls;
  if (!out.end) return out;
  ended_ = true;
  if (has_usage_) out.usage = usage_;
  if (out.end->ok()) out.end = flush(out);
  return out;
}

void ReplyDecoder::add_split(TaggedText::Split split, ReplyEvents& out) {
  if (!said_something_) {
    // White space around a thought, or before the first word.
    split.outside.erase(0, split.outside.find_first_not_of(kWhiteSpace));
  }
  said_something_ = said_something_ || !split.outside.empty();
  out.text += split.outside;
  for (const std::string& block : split.blocks) {
    auto parsed = json::parse_object(block, kMaxTextCallBytes);
    if (!parsed) continue;
    const auto name = json::find_string(*parsed, "name");
    if (!name) continue;
    const json::object* arguments = json::find_object(*parsed, "arguments");
    // An object is always good, so this call cannot be refused.
    (void)add_call({.id = {},
                    .name = std::string(*name),
                    .arguments = arguments == nullptr ? "{}" : json::serialize(*arguments)},
                   out);
  }
}

Status ReplyDecoder::add_call(ToolCall call, ReplyEvents& out) {
  if (call.name.empty()) return Error{ErrorCode::kInvalid, "a tool call without a name"};
  if (call.arguments.find_first_not_of(kWhiteSpace) == std::string::npos) call.arguments = "{}";
  if (!json::parse_object(call.arguments, kMaxWholeBytes)) {
    return Error{ErrorCode::kInvalid, "the arguments of a tool call are not a JSON object"};
  }
  call.name = context_.names.from_wire(call.name);
  for (std::size_t number = context_.taken_ids.size() + 1;
       call.id.empty() || context_.taken_ids.contains(call.id); ++number) {
    call.id = "call_" + std::to_string(number);
  }
  context_.taken_ids.insert(call.id);
  called_something_ = true;
  out.calls.push_back(std::move(call));
  return kDone;
}

// Text held back as a possible tag is said after all.
Status ReplyDecoder::flush(ReplyEvents& out) {
  const std::string last = thinking_.finish();
  add_split(text_calls_.feed(last), out);
  add_split(text_calls_.finish(), out);
  if (said_something_ || called_something_ || context_.may_be_empty) return kDone;
  return Error{ErrorCode::kUnavailable, "the model said nothing"};
}

}  // namespace earshot::worker
