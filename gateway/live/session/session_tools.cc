// A Session's tools: what its worker asks of them, and what they say.
#include "common/base/wire_limits.h"
#include "common/json/json.h"
#include "gateway/live/session/session.h"

namespace earshot::gateway {

void Session::tools_say(std::string_view mcp) {
  if (state_ != State::kOpen) return;
  auto envelope = make_envelope();
  envelope.mutable_mcp_up()->set_payload(std::string(mcp));
  to_worker(envelope);
}

void Session::tools_lost(std::int64_t id, ipc::McpUp::Loss how) {
  if (state_ != State::kOpen) return;
  count(SessionEvent::kControlBrokenReply);
  auto envelope = make_envelope();
  envelope.mutable_mcp_up()->set_loss(how);
  envelope.mutable_mcp_up()->set_lost_id(id);
  to_worker(envelope);
}

void Session::on_mcp_down(const ipc::McpDown& mcp, SteadyTime now) {
  const auto request = json::parse_object(mcp.payload(), kMaxMcpDownBytes);
  // It answers nobody: the device's own questions are answered by its line.
  if (!request || !json::find_string(*request, "method") || !json::find_int(*request, "id"))
    return count(SessionEvent::kWorkerBadMcp);
  if (tools_ != nullptr) tools_->ask(*request, now);
}

}  // namespace earshot::gateway
