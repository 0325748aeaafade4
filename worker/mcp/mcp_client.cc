#include "worker/mcp/mcp_client.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "worker/mcp/mcp_reply.h"
#include "worker/mcp/tool_arguments.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxNameBytes = 128;
constexpr std::size_t kMaxArgumentBytes = 8 * 1024;
constexpr std::size_t kMaxSchemaBytes = 16 * 1024;  // as the listing wrote it
constexpr std::size_t kMaxIdBytes = 64;
constexpr int kMethodNotFound = -32601;  // JSON-RPC 2.0, 5.1
constexpr int kListAttempts = 2;

// These tools restart the chip before their reply is sent, so silence is their success (8.4, trap 39).
bool restarts_device(std::string_view name) {
  return name == "self.reboot" || name == "self.upgrade_firmware" || name == "self.system.reconfigure_wifi";
}

}  // namespace

void McpClient::start(SteadyTime now) {
  json::object params;
  params["protocolVersion"] = "2024-11-05";
  params["capabilities"] = json::object{};
  params["clientInfo"] = json::object{{"name", "earshot"}, {"version", "1"}};
  initialize_id_ = send("initialize", std::move(params));
  begin_list(now);
}

void McpClient::go_on(KnownTools known) {
  tools_ = std::move(known.tools);
  last_id_ = known.last_id;
  list_settled_ = true;
}

std::optional<KnownTools> McpClient::known() const {
  if (!list_settled_) return std::nullopt;
  return KnownTools{.tools = tools_, .last_id = last_id_};
}

void McpClient::on_message(std::string_view payload, SteadyTime now) {
  const auto parsed = json::parse_object(payload, limits_.message_bytes);
  if (!parsed.ok()) return counters_.add(McpEvent::kUnreadable);
  const json::object& reply = *parsed;
  if (reply.contains("method")) return on_device_request(reply, now);
  const auto id = json::find_int(reply, "id");
  if (!id) return counters_.add(McpEvent::kBadId);

  if (listing_ && *id == listing_->id) return on_page(reply, now);
  if (const auto call = take_sent(*id)) {
    if (!call->cancelled) answer(call->ticket, read_tool_result(reply, limits_.result_bytes));
    return send_next_call();
  }
  if (initialize_id_ && *id == *initialize_id_) {
    initialize_id_.reset();
    const json::object* result = json::find_object(reply, "result");
    const json::object* info = result ? json::find_object(*result, "serverInfo") : nullptr;
    if (info) device_name_ = json::clean_text(json::find_string(*info, "name").value_or(""), kMaxNameBytes);
    return;
  }
  counters_.add(*id >= 1 && *id <= last_id_ ? McpEvent::kLateReply : McpEvent::kUnknownId);
}

void McpClient::on_lost_reply(std::int64_t id, Loss how, SteadyTime now) {
  counters_.add(McpEvent::kLostReply);
  if (listing_ && id == listing_->id) {
    if (listing_->attempt >= kListAttempts) return fail_list();
    return request_page(listing_->cursor, listing_->attempt + 1, now);
  }
  const auto call = take_sent(id);
  if (!call) return;
  if (!call->cancelled) {
    answer(call->ticket,
           Error{ErrorCode::kInvalid, how == Loss::kTooLarge ? "the device's answer was too large to be read"
                                                             : "the device's answer could not be read"});
  }
  send_next_call();
}

void McpClient::set_online(bool online, SteadyTime now) {
  if (std::exchange(online_, online) == online) return;
  if (online) {
    if (listing_) request_page(listing_->cursor, listing_->attempt, now);
    return tick(now);
  }
  counters_.add(McpEvent::kDeviceAway);
  for (std::deque<Call>* const calls : {&calls_, &late_}) {
    for (const Call& one : *calls) {
      if (one.id != 0) lose(one);
    }
    std::erase_if(*calls, [](const Call& one) { return one.id != 0; });
  }
}

McpTicket McpClient::call(const std::string& name, const std::string& arguments, McpPatience patience,
                          SteadyTime now) {
  const McpTicket ticket{++last_ticket_};
  const ToolSpec* const tool = find_tool(name);
  if (tool == nullptr) {
    counters_.add(McpEvent::kCallRefused);
    answer(ticket, Error{ErrorCode::kNotFound, "the device has no such tool"});
    return ticket;
  }
  auto parsed = json::parse_object(arguments.empty() ? "{}" : arguments, kMaxArgumentBytes);
  if (!parsed.ok()) {
    counters_.add(McpEvent::kCallRefused);
    answer(ticket, Error{ErrorCode::kInvalid, "the arguments are not a JSON object"});
    return ticket;
  }
  if (const auto schema = json::parse_object(tool->input_schema, kMaxSchemaBytes))
    fit_to_schema(*parsed, *schema);
  if (calls_.size() >= limits_.queued_calls) {
    counters_.add(McpEvent::kCallsOverflow);
    answer(ticket, Error{ErrorCode::kUnavailable, "too many calls wait for the device"});
    return ticket;
  }
  // A tool that says nothing by design is not waited for longer than for others' first sign.
  if (restarts_device(name)) patience.timeout = std::min(patience.timeout, patience.late_after);
  calls_.push_back({.ticket = ticket,
                    .name = name,
                    .arguments = std::move(*parsed),
                    .late = now + patience.late_after,
                    .deadline = now + patience.timeout});
  send_next_call();
  return ticket;
}

void McpClient::cancel(McpTicket ticket) {
  std::erase_if(output_.answers, [&](const McpAnswer& one) { return one.ticket == ticket; });
  std::erase_if(calls_, [&](const Call& one) { return one.ticket == ticket && one.id == 0; });
  for (std::deque<Call>* const sent : {&calls_, &late_}) {
    for (Call& one : *sent) {
      if (one.ticket == ticket) one.cancelled = true;
    }
  }
}

void McpClient::tick(SteadyTime now) {
  if (online_ && listing_ && now >= listing_->deadline) {
    if (listing_->attempt < kListAttempts) {
      request_page(listing_->cursor, listing_->attempt + 1, now);
    } else {
      fail_list();
    }
  }
  if (online_ && list_changed_ && !listing_ && now >= list_again_at_) {
    list_again_at_ = now + limits_.list_interval;
    begin_list(now);
  }
  // Calls have deadlines of their own, so a waiting one may be due before the one on the line.
  for (std::deque<Call>* const calls : {&calls_, &late_}) {
    for (const Call& one : *calls) {
      if (now >= one.deadline) give_up(one);
    }
    std::erase_if(*calls, [&](const Call& one) { return now >= one.deadline; });
  }
  for (Call& one : calls_) {
    if (now >= one.late) tell_late(one);
  }
  if (!calls_.empty() && calls_.front().id != 0 && calls_.front().told_late) {
    late_.push_back(std::move(calls_.front()));
    calls_.pop_front();
  }
  if (late_.size() > limits_.late_calls) {
    give_up(late_.front());
    late_.pop_front();
  }
  send_next_call();
}

McpOutput McpClient::take_output() {
  return std::exchange(output_, {});
}

std::optional<SteadyTime> McpClient::next_deadline() const {
  std::optional<SteadyTime> next;
  const auto consider = [&](SteadyTime deadline) { next = next ? std::min(*next, deadline) : deadline; };
  if (online_ && listing_) consider(listing_->deadline);
  if (online_ && list_changed_ && !listing_) consider(list_again_at_);
  for (const Call& one : calls_) consider(one.told_late ? one.deadline : std::min(one.late, one.deadline));
  for (const Call& one : late_) consider(one.deadline);
  return next;
}

// Numbers only (a string id gets no answer, 8.1), cut to int32 by the device, so they wrap in that range.
std::int32_t McpClient::send(std::string_view method, json::object params) {
  last_id_ = last_id_ == std::numeric_limits<std::int32_t>::max() ? 1 : last_id_ + 1;
  json::object request;
  request["jsonrpc"] = "2.0";
  request["id"] = last_id_;
  request["method"] = method;
  request["params"] = std::move(params);
  output_.messages.push_back(json::serialize(request));
  return last_id_;
}

void McpClient::request_page(std::string cursor, int attempt, SteadyTime now) {
  json::object params;
  if (!cursor.empty()) params["cursor"] = cursor;
  const std::int32_t id = send("tools/list", std::move(params));
  listing_ = ListRequest{
      .id = id, .cursor = std::move(cursor), .attempt = attempt, .deadline = now + limits_.list_timeout};
}

void McpClient::begin_list(SteadyTime now) {
  list_changed_ = false;
  list_ = ToolListing({.tools = limits_.tools, .pages = limits_.pages});
  request_page("", 1, now);
}

void McpClient::on_page(const json::object& reply, SteadyTime now) {
  const auto left_out = list_.left_out();
  const auto step = list_.add_page(reply);
  counters_.add(McpEvent::kToolLeftOut, list_.left_out() - left_out);
  if (!list_settled_) tools_ = list_.tools();  // the first list is of use before it is complete
  switch (step) {
    case ToolListing::Step::kNextPage:
      return request_page(list_.cursor(), 1, now);
    case ToolListing::Step::kComplete:
      return settle_list();
    case ToolListing::Step::kTruncated:
      counters_.add(McpEvent::kListTruncated);
      return settle_list();
    case ToolListing::Step::kNoList:
      return fail_list();
  }
}

void McpClient::settle_list() {
  tools_ = list_.tools();
  listing_.reset();
  list_settled_ = true;
}

// A first list goes on with what there is; one that was to replace another leaves that as it is.
void McpClient::fail_list() {
  counters_.add(McpEvent::kListFailed);
  listing_.reset();
  list_settled_ = true;
}

void McpClient::on_device_request(const json::object& request, SteadyTime now) {
  const auto method = json::find_string(request, "method").value_or("");
  const json::value* const id = request.if_contains("id");
  if (method == "notifications/tools/list_changed") {
    counters_.add(McpEvent::kListChanged);
    if (!list_changed_) list_again_at_ = std::max(list_again_at_, now);
    list_changed_ = true;
    return tick(now);
  }
  counters_.add(method == "ping" ? McpEvent::kPing : McpEvent::kDeviceRequest);
  const bool usable = id && (id->is_number() || (id->is_string() && id->get_string().size() <= kMaxIdBytes));
  if (!usable) return;  // a notification, or nothing that could be answered
  if (method == "ping") return answer_device(*id, "result", json::object{}, now);
  answer_device(*id, "error", json::object{{"code", kMethodNotFound}, {"message", "Method not found"}}, now);
}

void McpClient::answer_device(const json::value& id, std::string_view key, json::value what, SteadyTime now) {
  if (now - answers_since_ >= limits_.list_interval) {
    answers_since_ = now;
    answers_ = 0;
  }
  if (answers_ >= limits_.answers) return counters_.add(McpEvent::kRequestFlood);
  ++answers_;
  json::object reply;
  reply["jsonrpc"] = "2.0";
  reply["id"] = id;
  reply[key] = std::move(what);
  output_.messages.push_back(json::serialize(reply));
}

std::optional<McpClient::Call> McpClient::take_sent(std::int64_t id) {
  if (id == 0) return std::nullopt;  // the mark of a call that was not sent
  for (std::deque<Call>* const sent : {&calls_, &late_}) {
    const auto found = std::ranges::find(*sent, id, &Call::id);
    if (found == sent->end()) continue;
    Call call = std::move(*found);
    sent->erase(found);
    return call;
  }
  return std::nullopt;
}

void McpClient::tell_late(Call& call) {
  if (std::exchange(call.told_late, true)) return;
  counters_.add(McpEvent::kCallLate);
  if (!call.cancelled) output_.late.push_back(call.ticket);
}

void McpClient::give_up(const Call& call) {
  counters_.add(McpEvent::kCallTimedOut);
  if (call.cancelled) return;
  if (call.id != 0 && restarts_device(call.name)) {
    answer(call.ticket, std::string("the device restarts"));
  } else {
    answer(call.ticket, Error{ErrorCode::kTimeout, "the device did not answer in time"});
  }
}

// The device's connection broke while the call was with it.
void McpClient::lose(const Call& call) {
  if (call.cancelled) return;
  if (restarts_device(call.name)) {
    answer(call.ticket, std::string("the device restarts"));
  } else {
    answer(call.ticket, Error{ErrorCode::kUnavailable,
                              "the device lost its connection during the call, and its answer with it; an "
                              "answer that is too large does that"});
  }
}

void McpClient::answer(McpTicket ticket, Result<std::string> text) {
  output_.answers.push_back({.ticket = ticket, .text = std::move(text)});
}

void McpClient::send_next_call() {
  if (!online_ || calls_.empty() || calls_.front().id != 0) return;
  Call& next = calls_.front();
  json::object params;
  params["name"] = next.name;
  params["arguments"] = std::move(next.arguments);
  next.id = send("tools/call", std::move(params));
}

const ToolSpec* McpClient::find_tool(std::string_view name) const {
  const auto found = std::ranges::find(tools_, name, &ToolSpec::name);
  return found == tools_.end() ? nullptr : &*found;
}

}  // namespace earshot::worker
