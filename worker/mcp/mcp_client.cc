#include "worker/mcp/mcp_client.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxNameBytes = 128;
constexpr std::size_t kMaxCursorBytes = 256;
constexpr std::size_t kMaxDescriptionBytes = 2048;
constexpr std::size_t kMaxSchemaBytes = 8 * 1024;
constexpr std::size_t kMaxErrorBytes = 256;
constexpr std::size_t kMaxArgumentBytes = 8 * 1024;
constexpr int kListAttempts = 2;

// The name is put into JSON that small devices build by concatenation: printable, no quotes.
bool is_usable_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes &&
         std::ranges::all_of(name, [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '\\'; });
}

bool is_for_users_only(const json::object& tool) {
  const json::object* annotations = json::find_object(tool, "annotations");
  const json::array* audience = annotations ? json::find_array(*annotations, "audience") : nullptr;
  if (!audience || audience->empty()) return false;
  return std::ranges::none_of(
      *audience, [](const json::value& who) { return who.is_string() && who.get_string() == "assistant"; });
}

// These tools restart the chip before their reply is sent, so silence is their success (8.4, trap 39).
bool restarts_device(std::string_view name) {
  return name == "self.reboot" || name == "self.upgrade_firmware" || name == "self.system.reconfigure_wifi";
}

// `error` is {"message": ...} without a code (8.1); other clients send a code, or a bare text.
std::optional<Error> find_error(const json::object& reply) {
  const json::value* error = reply.if_contains("error");
  if (!error || error->is_null()) return std::nullopt;
  std::string_view message = "the device answered with an error";
  if (error->is_string()) message = error->get_string();
  if (error->is_object()) message = json::find_string(error->get_object(), "message").value_or(message);
  return Error{ErrorCode::kInvalid, json::clean_text(message, kMaxErrorBytes)};
}

Result<std::string> read_result(const json::object& reply, std::size_t max_bytes) {
  if (auto error = find_error(reply)) return *std::move(error);
  const json::value* result = reply.if_contains("result");
  if (!result) return Error{ErrorCode::kInvalid, "the reply holds neither result nor error"};
  if (!result->is_object()) return json::clean_text(json::serialize(*result), max_bytes);
  const json::array* content = json::find_array(result->get_object(), "content");
  if (!content) return json::clean_text(json::serialize(*result), max_bytes);
  std::string text;
  for (const json::value& item : *content) {
    if (text.size() >= max_bytes) break;
    const auto piece = item.is_object() ? json::find_string(item.get_object(), "text") : std::nullopt;
    if (!piece) continue;  // images are for screens, not for a voice
    if (!text.empty()) text += '\n';
    text += piece->substr(0, max_bytes);
  }
  text = json::clean_text(text, max_bytes);
  if (json::find_bool(result->get_object(), "isError").value_or(false)) {
    return Error{ErrorCode::kInvalid, json::clean_text(text, kMaxErrorBytes)};
  }
  return text;
}

}  // namespace

void McpClient::start(SteadyTime now) {
  json::object params;
  params["protocolVersion"] = "2024-11-05";
  params["capabilities"] = json::object{};
  params["clientInfo"] = json::object{{"name", "earshot"}, {"version", "1"}};
  initialize_id_ = send("initialize", std::move(params));
  request_page("", 1, now);
}

void McpClient::on_message(std::string_view payload, SteadyTime now) {
  const auto parsed = json::parse_object(payload, limits_.message_bytes);
  if (!parsed.ok()) return counters_.add(McpEvent::kUnreadable);
  const json::object& reply = *parsed;
  if (reply.contains("method")) return counters_.add(McpEvent::kDeviceRequest);
  const auto id = json::find_int(reply, "id");
  if (!id) return counters_.add(McpEvent::kBadId);

  if (listing_ && *id == listing_->id) return on_page(reply, now);
  for (std::deque<Call>* const sent : {&calls_, &late_}) {
    if (*id == 0) break;  // the mark of a call that was not sent
    const auto call = std::ranges::find(*sent, *id, &Call::id);
    if (call == sent->end()) continue;
    if (!call->cancelled) answer(call->ticket, read_result(reply, limits_.result_bytes));
    sent->erase(call);
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

McpTicket McpClient::call(const std::string& name, const std::string& arguments, McpPatience patience,
                          SteadyTime now) {
  const McpTicket ticket{++last_ticket_};
  if (!has_tool(name)) {
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
  if (listing_ && now >= listing_->deadline) {
    if (listing_->attempt < kListAttempts) {
      request_page(listing_->cursor, listing_->attempt + 1, now);
    } else {
      counters_.add(McpEvent::kListFailed);
      settle_list();
    }
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
  if (listing_) consider(listing_->deadline);
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

void McpClient::on_page(const json::object& reply, SteadyTime now) {
  const json::object* result = json::find_object(reply, "result");
  const json::array* tools = result ? json::find_array(*result, "tools") : nullptr;
  if (!tools) {
    counters_.add(McpEvent::kListFailed);
    return settle_list();
  }
  ++pages_;
  for (const json::value& item : *tools) {
    if (add_tool(item)) continue;
    counters_.add(McpEvent::kListTruncated);
    return settle_list();
  }
  const std::string_view cursor = json::find_string(*result, "nextCursor").value_or("");
  if (cursor.empty()) return settle_list();
  const bool usable = cursor.size() <= kMaxCursorBytes && pages_ < limits_.pages;
  if (!usable || !cursors_.emplace(cursor).second) {
    counters_.add(McpEvent::kListTruncated);
    return settle_list();
  }
  request_page(std::string(cursor), 1, now);
}

bool McpClient::add_tool(const json::value& item) {
  if (tools_.size() >= limits_.tools) return false;
  const json::object* tool = item.if_object();
  const std::string_view name = tool ? json::find_string(*tool, "name").value_or("") : "";
  if (!is_usable_name(name) || has_tool(name) || is_for_users_only(*tool)) {
    counters_.add(McpEvent::kToolLeftOut);
    return true;
  }
  const json::object* schema = json::find_object(*tool, "inputSchema");
  std::string schema_text = schema ? json::serialize(*schema) : "{}";
  if (schema_text.size() > kMaxSchemaBytes) schema_text = "{}";
  tools_.push_back({.name = std::string(name),
                    .description = json::clean_text(json::find_string(*tool, "description").value_or(""),
                                                    kMaxDescriptionBytes),
                    .input_schema = std::move(schema_text)});
  return true;
}

void McpClient::settle_list() {
  listing_.reset();
  list_settled_ = true;
  cursors_.clear();
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

void McpClient::answer(McpTicket ticket, Result<std::string> text) {
  output_.answers.push_back({.ticket = ticket, .text = std::move(text)});
}

void McpClient::send_next_call() {
  if (calls_.empty() || calls_.front().id != 0) return;
  Call& next = calls_.front();
  json::object params;
  params["name"] = next.name;
  params["arguments"] = std::move(next.arguments);
  next.id = send("tools/call", std::move(params));
}

bool McpClient::has_tool(std::string_view name) const {
  return std::ranges::any_of(tools_, [&](const ToolSpec& one) { return one.name == name; });
}

}  // namespace earshot::worker
