// The stream of chat/completions, in all the ways in which servers write it
// (provider-protocol 1.1, 1.5, 11.1). Pure.
#pragma once

#include "worker/providers/llm/reply_reader.h"
#include "worker/providers/llm/tool_call_assembler.h"

namespace earshot::worker {

// Calls are given with the end: some servers send their finish_reason before the last arguments.
class OpenAiReader final : public ReplyReader {
 public:
  void on_event(std::string_view name, std::string_view data, ReplyEvents& out) override;
  void on_whole(const json::object& body, ReplyEvents& out) override;
  void on_body_end(ReplyEvents& out) override;

 private:
  void on_chunk(const json::object& chunk, ReplyEvents& out);
  void on_message(const json::object& message, ReplyEvents& out);
  void on_finish(std::string_view reason, ReplyEvents& out);
  void give_calls(ReplyEvents& out);

  ToolCallAssembler calls_;
  bool finished_ = false;  // a finish_reason was seen
};

}  // namespace earshot::worker
