// The events of Coze's v3 chat (provider-protocol 1.6). Pure.
#pragma once

#include "worker/providers/llm/reply_reader.h"

namespace earshot::worker {

class CozeReader final : public ReplyReader {
 public:
  void on_event(std::string_view name, std::string_view data, ReplyEvents& out) override;
  void on_whole(const json::object& body, ReplyEvents& out) override;
  void on_body_end(ReplyEvents& out) override;

 private:
  void on_message(const json::object& message, bool complete, ReplyEvents& out);
  void on_action(const json::object& chat, ReplyEvents& out);

  bool spoke_ = false;
  bool completed_ = false;
};

}  // namespace earshot::worker
