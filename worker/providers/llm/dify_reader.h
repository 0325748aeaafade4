// The events of Dify's chat, completion and workflow apps (provider-protocol 1.4). Pure.
#pragma once

#include "worker/providers/llm/reply_reader.h"

namespace earshot::worker {

class DifyReader final : public ReplyReader {
 public:
  // A workflow speaks in `text_chunk` and ends with `workflow_finished`; the others speak in `message` and
  // end with `message_end`, and may run a workflow in between.
  explicit DifyReader(bool workflow) : workflow_(workflow) {}

  void on_event(std::string_view name, std::string_view data, ReplyEvents& out) override;
  void on_whole(const json::object& body, ReplyEvents& out) override;
  void on_body_end(ReplyEvents& out) override;

 private:
  void on_workflow_finished(const json::object& event, ReplyEvents& out);

  bool workflow_;
  bool spoke_ = false;
};

}  // namespace earshot::worker
