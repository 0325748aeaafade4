#include "worker/providers/asr/ws_asr_config.h"

namespace earshot::worker {

void read_ws_url(ConfigSection& section, std::string& url) {
  section.read("url", url);
  if (!url.starts_with("ws://") && !url.starts_with("wss://")) {
    section.problem("url", "must begin with ws:// or wss://");
  }
}

void read_timeouts(ConfigSection& section, WsAsrTimeouts& timeouts) {
  const IntRange range{100, 120'000};
  section.read("connect_timeout_ms", timeouts.connect, range);
  section.read("start_timeout_ms", timeouts.start, range);
  section.read("final_timeout_ms", timeouts.final, range);
}

WsAsrPlan ws_plan(const std::string& url, const WsAsrTimeouts& timeouts) {
  WsAsrPlan plan;
  plan.request.url = url;
  plan.request.connect_timeout = timeouts.connect;
  plan.request.max_message_bytes = kMaxAsrMessageBytes;
  plan.task.start_timeout = timeouts.start;
  plan.task.end_timeout = timeouts.final;
  return plan;
}

}  // namespace earshot::worker
