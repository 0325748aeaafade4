#include "gateway/live/device/device_line.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "common/base/unreachable.h"
#include "gateway/xiaozhi/device_reply.h"
#include "gateway/xiaozhi/down_message.h"

namespace earshot::gateway {

namespace {

// As long as a worker waits for a tool; it keeps its own time (worker/mcp).
constexpr Milliseconds kWorkerPatience{300'000};

// A connection that broke may be found out so late, and what was sent on it meanwhile is lost.
constexpr Milliseconds kLostBefore{60'000};
// A device that comes back later has been started anew.
constexpr Milliseconds kGoodbyeOwed{120'000};

constexpr int kServerError = -32000;  // the first of JSON-RPC's codes for servers

constexpr std::string_view kListChanged = R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})";

Error error_of(McpLoss how) {
  switch (how) {
    case McpLoss::kUnreadable:
      return {ErrorCode::kInvalid, "the device's answer is no valid JSON"};
    case McpLoss::kTooLarge:
      return {ErrorCode::kInvalid, "the device's answer is too large"};
    case McpLoss::kTimeout:
      return {ErrorCode::kTimeout, "the device did not answer in time"};
    case McpLoss::kNotSent:
      return {ErrorCode::kUnavailable, "the device cannot be reached"};
  }
  unreachable("no other loss");
}

}  // namespace

DeviceLine::DeviceLine(std::shared_ptr<LineWire> wire, ShardTools& tools, std::uint32_t first_id)
    : wire_(std::move(wire)), mcp_(tools.catalogue, tools.counters, first_id) {}

void DeviceLine::carry(Session& session, const DeviceHello& hello) {
  session_ = &session;
  session.use(this);
  ended_.reset();
  checks_ids_ = hello.drops_copies;  // py-xiaozhi, which is older, obeys any goodbye
  // It tells its things behind each hello.
  if (!hello.mcp || things_) mcp_.forget_list();
  things_ = hello.mcp ? nullptr : std::make_unique<IotTools>();
}

void DeviceLine::part(SteadyTime now) {
  if (session_ != nullptr && !session_->ended_by_device() && (checks_ids_ || !online_))
    ended_ = Ended{session_->id(), now};
  session_ = nullptr;
  mcp_.forget(McpAsker::kWorker);
}

void DeviceLine::presence(bool online, SteadyTime now) {
  online_ = online;
  if (online) {
    if (session_ == nullptr) things_.reset();  // there may be newer firmware behind it
    tell_goodbye_again();
    mcp_.connected(now);
  } else {
    if (ended_ && now - ended_->at > kLostBefore) ended_.reset();
    mcp_.away();
  }
  pump(now);
}

bool DeviceLine::told(const DeviceMessage& message, SteadyTime now) {
  if (const auto* mcp = std::get_if<DeviceMcp>(&message)) {
    hear(mcp->payload, now);
    return true;
  }
  const auto* iot = std::get_if<DeviceIot>(&message);
  if (iot == nullptr) return false;
  if (things_) {
    if (const auto news = things_->hear(iot->descriptors, iot->states)) hear(*news, now);
  }
  return true;
}

void DeviceLine::lost_reply(std::int64_t id, McpLoss how, SteadyTime now) {
  mcp_.lose(id, how, now);
  pump(now);
}

void DeviceLine::listens(SteadyTime now) {
  if (!things_) return;
  if (const auto list = things_->listens()) hear(*list, now);
}

void DeviceLine::order(DeviceOrder order, OrderDone done, SteadyTime now) {
  if (const auto* message = std::get_if<SendMessage>(&order)) {
    const Status sent = wire_->send(message->json);
    return done(sent ? OrderOutcome(kDone) : OrderOutcome(sent.error()));
  }
  const std::int64_t id = ++last_order_;
  orders_.emplace(id, std::move(done));
  if (const auto* list = std::get_if<ListTools>(&order)) {
    mcp_.ask_tools(McpAsker::kCommands, id, list->anew, now + list->timeout, now);
  } else {
    auto& call = std::get<CallTool>(order);
    mcp_.ask(McpAsker::kCommands,
             {.id = id,
              .method = "tools/call",
              .params = {{"name", call.tool}, {"arguments", std::move(call.arguments)}},
              .deadline = now + call.timeout},
             now);
  }
  pump(now);
}

void DeviceLine::tell_goodbye_again() {
  if (!ended_) return;
  (void)wire_->send(goodbye_message(ended_->session));
  ended_.reset();
}

std::optional<SteadyTime> DeviceLine::next_deadline() const {
  const auto mcp = mcp_.next_deadline();
  if (!ended_) return mcp;
  const SteadyTime forgotten = ended_->at + kGoodbyeOwed;
  return mcp ? std::min(*mcp, forgotten) : forgotten;
}

void DeviceLine::tick(SteadyTime now) {
  if (ended_ && now >= ended_->at + kGoodbyeOwed) ended_.reset();
  mcp_.tick(now);
  pump(now);
}

void DeviceLine::ask(const json::object& request, SteadyTime now) {
  const auto* params = json::find_object(request, "params");
  mcp_.ask(McpAsker::kWorker,
           {.id = json::find_int(request, "id").value_or(0),
            .method = std::string(json::find_string(request, "method").value_or("")),
            .params = params == nullptr ? json::object{} : *params,
            .deadline = now + kWorkerPatience},
           now);
  pump(now);
}

void DeviceLine::worker_gone(std::int64_t settled, SteadyTime now) {
  mcp_.worker_gone(settled, now);
  pump(now);
}

void DeviceLine::hear(std::string_view json, SteadyTime now) {
  // Written again, with escapes, it may have grown beyond what the device was allowed.
  if (const auto message = json::parse_object(json, kMaxControlBytes * 6)) mcp_.hear(*message, now);
  pump(now);
}

void DeviceLine::pump(SteadyTime now) {
  for (McpOutput output = mcp_.take_output();; output = mcp_.take_output()) {
    if (output.messages.empty() && output.answers.empty() && !output.list_changed && !output.round_trip)
      return;
    // What stands for MCP answers at once, which says nothing of the wire.
    if (session_ != nullptr && output.round_trip && !things_) session_->round_trip(*output.round_trip);
    if (session_ != nullptr && output.list_changed) session_->tools_say(kListChanged);
    for (McpAnswer& answer : output.answers) {
      if (answer.asker == McpAsker::kWorker) {
        tell_worker(answer);
      } else {
        tell_order(std::move(answer));
      }
    }
    for (const json::object& message : output.messages) send(message, now);
  }
}

void DeviceLine::send(const json::object& message, SteadyTime now) {
  const SessionId session = session_ == nullptr ? SessionId{} : session_->id();
  if (things_) {
    auto answer = things_->request(message);
    if (answer.commands && !wire_->send(iot_message(session, std::move(*answer.commands)))) {
      if (const auto id = json::find_int(message, "id")) mcp_.lose(*id, McpLoss::kNotSent, now);
      return;
    }
    if (!answer.reply) return;
    if (const auto reply = json::parse_object(*answer.reply, kMaxControlBytes)) mcp_.hear(*reply, now);
    return;
  }
  const Status sent = wire_->send(mcp_message(session, message));
  const auto id = json::find_int(message, "id");
  if (!sent && id && message.contains("method")) mcp_.lose(*id, McpLoss::kNotSent, now);
}

void DeviceLine::tell_worker(const McpAnswer& answer) {
  if (session_ == nullptr) return;
  if (const auto* reply = std::get_if<json::object>(&answer.outcome)) {
    const std::string text = json::serialize(*reply);
    if (text.size() > kMaxControlBytes) return session_->tools_lost(answer.id, ipc::McpUp::kTooLarge);
    return session_->tools_say(text);
  }
  const auto* how = std::get_if<McpLoss>(&answer.outcome);
  if (how == nullptr || *how == McpLoss::kTimeout) return;  // it keeps its own time
  if (*how == McpLoss::kNotSent) {
    const json::object error{{"code", kServerError}, {"message", error_of(*how).message}};
    return session_->tools_say(
        json::serialize(json::object{{"jsonrpc", "2.0"}, {"id", answer.id}, {"error", error}}));
  }
  session_->tools_lost(answer.id,
                       *how == McpLoss::kTooLarge ? ipc::McpUp::kTooLarge : ipc::McpUp::kUnreadable);
}

void DeviceLine::tell_order(McpAnswer answer) {
  const auto found = orders_.find(answer.id);
  if (found == orders_.end()) return;
  const OrderDone done = std::move(found->second);
  orders_.erase(found);
  if (const auto* tools = std::get_if<ToolsHandle>(&answer.outcome)) return done(OrderOutcome(*tools));
  if (const auto* how = std::get_if<McpLoss>(&answer.outcome)) return done(error_of(*how));
  const auto result = commands::reply_result(std::get<json::object>(answer.outcome));
  done(result ? OrderOutcome(*result) : OrderOutcome(result.error()));
}

}  // namespace earshot::gateway
