#include "worker/providers/llm/reply_decoder.h"

#include <utility>

#include "worker/providers/llm/call_arguments.h"
#include "worker/providers/llm/text_call.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxWholeBytes = 1024 * 1024;

constexpr std::string_view kWhiteSpace = " \t\r\n";
constexpr std::string_view kByteOrderMarkOrSpace = "\xEF\xBB\xBF \t\r\n";
// Stands for a call in the text that nobody can read, so that the model hears of it.
constexpr std::string_view kUnreadableCall = "tool_call";

}  // namespace

ReplyContext ReplyContext::of(const LlmRequest& request) {
  ReplyContext context;
  context.names = ToolNames(request.tools);
  context.tools = request.tools;
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
      thinking_(context_.may_begin_in_thought) {}

ReplyEvents ReplyDecoder::feed(std::string_view bytes) {
  ReplyEvents raw;
  if (ended_) return raw;
  raw.alive = !bytes.empty();
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
      cut_off_ = raw.unread > 0 || !lines_.between_objects();
      if (!raw.end) reader_->on_body_end(raw);
      break;
    case Shape::kWhole:
      whole_.erase(0, whole_.find('{'));  // a byte order mark, cut in pieces
      if (const auto body = json::parse_object(json::clean_text(whole_, kMaxWholeBytes), kMaxWholeBytes)) {
        reader_->on_whole(*body, raw);
        if (!raw.end) reader_->on_body_end(raw);
      } else {
        raw.end = Error{ErrorCode::kUnavailable, "the answer is neither a stream nor JSON: check the URL"};
      }
      break;
  }
  const bool ended = raw.end.has_value();
  if (!ended) raw.end = kDone;
  ReplyEvents out = polish(std::move(raw));
  if (!ended) out.end = end_without_mark();
  return out;
}

// The first byte tells: servers are careless with content types, and errors come with status 200.
Status ReplyDecoder::recognise(std::string_view bytes) {
  if (shape_ != Shape::kUnknown) return kDone;
  const auto at = bytes.find_first_not_of(kByteOrderMarkOrSpace);
  if (at == std::string_view::npos) return kDone;
  if (bytes[at] == '<') {
    return Error{ErrorCode::kUnavailable, "the answer is a web page: check the URL"};
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
    const std::uint32_t skipped = lines_.skipped();
    status = lines_.feed(bytes, [&](std::string_view line) {
      reader_->on_event({}, line, raw);
      return !raw.end.has_value();
    });
    raw.unread += lines_.skipped() - skipped;
  }
  if (!status && !raw.end) raw.end = status.error();
}

ReplyEvents ReplyDecoder::polish(ReplyEvents raw) {
  ReplyEvents out;
  out.alive = raw.alive;
  out.dialogue_id = std::move(raw.dialogue_id);
  out.chat_id = std::move(raw.chat_id);
  out.awaits_tool_output = raw.awaits_tool_output;
  out.end = std::move(raw.end);
  read_ += raw.read;
  unread_ += raw.unread;
  if (raw.usage) {
    usage_ = *raw.usage;
    has_usage_ = true;
  }
  const std::optional<bool> before = thinking_.unopened_thought();
  say(raw.text, out);
  for (ToolCall& call : raw.calls) add_call(std::move(call), out);
  if (out.end && out.end->ok()) out.end = flush(out);
  if (thinking_.unopened_thought() != before) out.unopened_thought = thinking_.unopened_thought();
  out.finishing =
      raw.finishing && (said_something_ || calls_ > 0 || raw.holds_calls || context_.may_be_empty);
  if (!out.end) return out;
  ended_ = true;
  if (has_usage_) out.usage = usage_;
  return out;
}

void ReplyDecoder::say(std::string_view text, ReplyEvents& out) {
  const std::string spoken = thinking_.feed(text);
  add_split(text_calls_.feed(spoken), out);
}

void ReplyDecoder::add_split(TextCalls::Split split, ReplyEvents& out) {
  if (!said_something_) {
    // White space around a thought, or before the first word.
    split.said.erase(0, split.said.find_first_not_of(kWhiteSpace));
  }
  said_something_ = said_something_ || !split.said.empty();
  out.text += split.said;
  for (const std::string& block : split.blocks) {
    std::vector<ToolCall> calls = calls_in(block, context_.tools, context_.names);
    if (calls.empty()) ++unread_;
    if (calls.empty() && !context_.tools.empty()) {
      ToolCall unreadable{.id = {}, .name = std::string(kUnreadableCall), .arguments = {}};
      unreadable.unusable = true;
      calls.push_back(std::move(unreadable));
    }
    for (ToolCall& call : calls) add_call(std::move(call), out);
  }
}

void ReplyDecoder::add_call(ToolCall call, ReplyEvents& out) {
  if (call.name.empty() || calls_ == kMaxCalls) {
    ++unread_;
    return;
  }
  auto arguments = call.unusable ? std::nullopt : call_arguments(call.arguments);
  call.unusable = !arguments;
  call.arguments = arguments ? std::move(*arguments) : "{}";
  call.name = context_.names.from_wire(call.name);
  for (std::size_t number = context_.taken_ids.size() + 1;
       call.id.empty() || context_.taken_ids.contains(call.id); ++number) {
    call.id = "call_" + std::to_string(number);
  }
  context_.taken_ids.insert(call.id);
  ++calls_;
  out.calls.push_back(std::move(call));
}

// Text held back as a possible mark is said after all.
Status ReplyDecoder::flush(ReplyEvents& out) {
  add_split(text_calls_.feed(thinking_.finish()), out);
  add_split(text_calls_.finish(), out);
  if (said_something_ || calls_ > 0 || context_.may_be_empty) return kDone;
  if (unread_ > 0 && read_ == 0)
    return Error{ErrorCode::kUnavailable, "no event of the stream is a JSON object"};
  return Error{ErrorCode::kInvalid, "the model said nothing"};
}

// The body ended in order, but the service did not say that this is all. It is, unless the body stops within an
// event: whoever heard a whole sentence needs no apology behind it.
Status ReplyDecoder::end_without_mark() const {
  if (unread_ > 0 && read_ == 0)
    return Error{ErrorCode::kUnavailable, "no event of the stream is a JSON object"};
  if (cut_off_ || (!said_something_ && calls_ == 0))
    return Error{ErrorCode::kUnavailable, "the answer broke off"};
  return kDone;
}

}  // namespace earshot::worker
