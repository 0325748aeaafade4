// A Session's tools: the MCP of its device, or what stands for it on old firmware.
#include <utility>

#include "common/base/wire_limits.h"
#include "common/json/json.h"
#include "gateway/live/session/session.h"
#include "gateway/xiaozhi/command_ids.h"

namespace earshot::gateway {

void Session::on_device_mcp(const DeviceMcp& mcp, SteadyTime now) {
  if (mcp_probe_ && mcp.id == mcp_probe_->id) {
    control_rtt_.add_sample(std::chrono::duration_cast<Microseconds>(now - mcp_probe_->sent));
    mcp_probe_.reset();
  }
  // Written again, with escapes, it may have grown beyond what a worker takes.
  if (mcp.payload.size() > kMaxControlBytes) {
    if (mcp.id) lost_reply(*mcp.id, ipc::McpUp::kTooLarge);
    return;
  }
  auto envelope = make_envelope();
  envelope.mutable_mcp_up()->set_payload(mcp.payload);
  to_worker(envelope);
}

void Session::on_device_iot(const DeviceIot& iot) {
  if (iot_) tell_worker(iot_->hear(iot.descriptors, iot.states));
}

void Session::tell_worker(const std::optional<std::string>& mcp) {
  if (!mcp) return;
  auto envelope = make_envelope();
  envelope.mutable_mcp_up()->set_payload(*mcp);
  to_worker(envelope);
}

void Session::on_mcp_down(const ipc::McpDown& mcp, SteadyTime now) {
  const auto payload = json::parse_object(mcp.payload(), kMaxMcpDownBytes);
  if (!payload) {
    count(SessionEvent::kWorkerBadMcp);
    return;
  }
  if (iot_) {
    auto answer = iot_->request(*payload);
    if (answer.commands) leg_->tell(ThingCalls{*answer.commands});
    return tell_worker(answer.reply);
  }
  // These two are answered at once, so they measure the channel; a tool may take its time.
  const auto method = json::find_string(*payload, "method");
  const auto request = json::find_int(*payload, "id");
  // Its answer would go to whoever gave the command of that id.
  if (method && request && is_command_id(*request)) return count(SessionEvent::kWorkerCommandId);
  if (request && (method == "initialize" || method == "tools/list")) mcp_probe_ = McpProbe{*request, now};
  leg_->tell(ToolCall{*payload});
}

}  // namespace earshot::gateway
