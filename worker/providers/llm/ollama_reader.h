// The lines of Ollama's /api/chat (provider-protocol 1.2). Pure.
#pragma once

#include "worker/providers/llm/reply_reader.h"

namespace earshot::worker {

class OllamaReader final : public ReplyReader {
 public:
  void on_event(std::string_view name, std::string_view data, ReplyEvents& out) override;
  void on_whole(const json::object& body, ReplyEvents& out) override;
  void on_body_end(ReplyEvents& out) override;
};

}  // namespace earshot::worker
