#include "worker/mcp_servers/server_client.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/base/check.h"
#include "worker/mcp_servers/server_result.h"

namespace earshot::worker {

namespace {

// The revisions of the protocol that we speak; they differ in nothing that we use but the header of HTTP.
constexpr std::array<std::string_view, 4> kKnownVersions = {"2024-11-05", "2025-03-26", "2025-06-18",
                                                            "2025-11-25"};
constexpr std::size_t kMaxServerNameBytes = 64;
constexpr std::size_t kMaxRequestIdBytes = 64;
constexpr std::size_t kMaxBatch = 64;  // of 2025-03-26
constexpr int kNoSuchMethod = -32601;  // JSON-RPC 2.0, 5.1
constexpr int kPageAttempts = 2;

}  // namespace

void ServerClient::start(SteadyTime now) {
  EARSHOT_CHECK(stage_ == Stage::kDown, "started once a connection");
  timeouts_ = 0;
  initialize(now);
}

void ServerClient::initialize(SteadyTime now) {
  stage_ = Stage::kInitializing;
  initialize_by_ = now + limits_.start_timeout;
  listing_.reset();
  list_changed_ = false;
  version_.clear();
  json::object params;
  params["protocolVersion"] = kVersion;
  params["capabilities"] = json::object{};
  params["clientInfo"] = json::object{{"name", "earshot"}, {"version", "1"}};
  initialize_id_ = ++last_id_;
  send_request(initialize_id_, "initialize", std::move(params));
  output_.messages.back().initialize = true;
}

void ServerClient::lost(const std::string& why) {
  stage_ = Stage::kDown;
  output_.messages.clear();
  output_.broken.reset();
  listing_.reset();
  if (!tools_.empty()) output_.tools_changed = true;
  tools_.clear();
  listed_ = false;
  for (const Call& one : std::exchange(calls_, {}))
    answer(one, Error{ErrorCode::kUnavailable, "the tool's server is away: " + why});
}

void ServerClient::session_gone(std::int64_t request, SteadyTime now) {
  if (stage_ == Stage::kDown) return;
  if (request == initialize_id_) return break_off(ErrorCode::kUnavailable, "it knows no address for us");
  const auto call = std::ranges::find(calls_, request, &Call::id);
  if (request != 0 && call != calls_.end()) {
    if (std::exchange(call->again, true)) {
      answer(*call, Error{ErrorCode::kUnavailable, "the tool's server has lost our session"});
      calls_.erase(call);
    } else {
      call->id = 0;
    }
  }
  // Of several requests that find the session gone only the first one begins anew.
  if (stage_ != Stage::kInitializing) initialize(now);
}

void ServerClient::on_message(std::string_view text, SteadyTime now) {
  if (stage_ == Stage::kDown) return;
  const auto parsed = json::parse_value(text, limits_.message_bytes);
  if (!parsed) return counters_.add(ServerEvent::kUnreadable);
  if (const json::object* message = parsed->if_object()) return on_object(*message, now);
  const json::array* batch = parsed->if_array();
  if (batch == nullptr || batch->size() > kMaxBatch) return counters_.add(ServerEvent::kUnreadable);
  for (const json::value& item : *batch) {
    if (item.is_object() && stage_ != Stage::kDown) on_object(item.get_object(), now);
  }
}

void ServerClient::on_object(const json::object& message, SteadyTime now) {
  if (message.contains("method")) return on_server_request(message, now);
  const auto id = json::find_int(message, "id");
  if (!id || *id <= 0) return counters_.add(ServerEvent::kUnreadable);
  timeouts_ = 0;
  on_reply(*id, message, now);
}

void ServerClient::on_reply(std::int64_t id, const json::object& reply, SteadyTime now) {
  if (stage_ == Stage::kInitializing && id == initialize_id_) return on_initialized(reply, now);
  if (listing_ && id == listing_->id) {
    const std::size_t left_out = list_.left_out();
    const ToolListing::Step step = list_.add_page(reply);
    counters_.add(ServerEvent::kToolLeftOut, list_.left_out() - left_out);
    if (step == ToolListing::Step::kNoList) return page_failed(now);
    if (step == ToolListing::Step::kNextPage) return request_page(list_.cursor(), 1, now);
    if (step == ToolListing::Step::kTruncated) counters_.add(ServerEvent::kListTruncated);
    return settle_list(list_.tools());
  }
  const auto call = std::ranges::find(calls_, id, &Call::id);
  if (call == calls_.end()) return counters_.add(ServerEvent::kUnknownReply);
  answer(*call, read_server_result(reply, limits_.result_bytes));
  calls_.erase(call);
  send_calls();
}

void ServerClient::on_initialized(const json::object& reply, SteadyTime now) {
  const json::object* result = json::find_object(reply, "result");
  if (result == nullptr) {
    const Result<std::string> said = read_server_result(reply, kMaxServerNameBytes);
    return break_off(ErrorCode::kInvalid, "it refuses us: " + said.error().message);
  }
  const std::string_view version = json::find_string(*result, "protocolVersion").value_or("");
  if (std::ranges::find(kKnownVersions, version) == kKnownVersions.end()) {
    return break_off(ErrorCode::kInvalid, "it speaks version '" + json::clean_text(version, 32) +
                                              "' of the protocol, which we do not know");
  }
  version_ = version;
  if (const json::object* info = json::find_object(*result, "serverInfo"))
    server_name_ = json::clean_text(json::find_string(*info, "name").value_or(""), kMaxServerNameBytes);
  notify("notifications/initialized", {}, true);
  stage_ = listed_ ? Stage::kReady : Stage::kListing;
  const json::object* capabilities = json::find_object(*result, "capabilities");
  if (capabilities == nullptr || !capabilities->contains("tools")) return settle_list({});
  begin_list(now);
  send_calls();
}

void ServerClient::failed(std::int64_t request, const Error& why, SteadyTime now) {
  if (request == 0 || stage_ == Stage::kDown) return;
  if (stage_ == Stage::kInitializing && request == initialize_id_)
    return break_off(why.code, "it cannot be reached: " + why.message);
  if (listing_ && request == listing_->id) return page_failed(now);
  const auto call = std::ranges::find(calls_, request, &Call::id);
  if (call == calls_.end()) return;
  answer(*call, why);
  calls_.erase(call);
  send_calls();
}

ServerTicket ServerClient::call(const std::string& tool, json::object arguments, Milliseconds timeout,
                                SteadyTime now) {
  Call made;
  made.ticket = ServerTicket{++last_ticket_};
  made.tool = tool;
  made.arguments = std::move(arguments);
  made.timeout = timeout;
  made.deadline = now + timeout;
  made.longest = now + std::max(timeout, limits_.longest_call);
  counters_.add(ServerEvent::kCall);
  const ServerTicket ticket = made.ticket;
  if (std::ranges::find(tools_, tool, &ToolSpec::name) == tools_.end()) {
    answer(made,
           Error{ErrorCode::kNotFound, "the tool is not there any more: its server does not offer it now"});
  } else if (calls_.size() >= limits_.open_calls + limits_.waiting_calls) {
    counters_.add(ServerEvent::kCallsOverflow);
    answer(made, Error{ErrorCode::kUnavailable, "too many calls wait for the tool's server"});
  } else {
    calls_.push_back(std::move(made));
    send_calls();
  }
  return ticket;
}

void ServerClient::cancel(ServerTicket ticket, SteadyTime now) {
  std::erase_if(output_.answers, [&](const ServerAnswer& one) { return one.ticket == ticket; });
  const auto call = std::ranges::find(calls_, ticket, &Call::ticket);
  if (call == calls_.end()) return;
  if (call->id != 0) tell_cancelled(*call, "nobody waits for it any more");
  calls_.erase(call);
  tick(now);
  send_calls();
}

void ServerClient::tick(SteadyTime now) {
  if (stage_ == Stage::kDown) return;
  if (stage_ == Stage::kInitializing && now >= initialize_by_)
    return break_off(ErrorCode::kTimeout, "it does not answer initialize in time");
  if (listing_ && now >= listing_->deadline) page_failed(now);
  if (list_changed_ && !listing_ && stage_ == Stage::kReady && now >= list_again_at_) {
    list_again_at_ = now + limits_.list_interval;
    begin_list(now);
  }
  for (const Call& one : calls_) {
    if (now < one.deadline) continue;
    counters_.add(ServerEvent::kCallTimedOut);
    if (one.id != 0) {
      ++timeouts_;
      tell_cancelled(one, "it takes too long");
    }
    answer(one, Error{ErrorCode::kTimeout, "the tool's server did not answer in time"});
  }
  std::erase_if(calls_, [&](const Call& one) { return now >= one.deadline; });
  if (timeouts_ >= kMostTimeouts) break_off(ErrorCode::kTimeout, "it answers nothing any more");
  send_calls();
}

ServerOutput ServerClient::take_output() {
  return std::exchange(output_, {});
}

std::optional<SteadyTime> ServerClient::next_deadline() const {
  std::optional<SteadyTime> next;
  const auto consider = [&](SteadyTime deadline) { next = next ? std::min(*next, deadline) : deadline; };
  if (stage_ == Stage::kInitializing) consider(initialize_by_);
  if (listing_) consider(listing_->deadline);
  if (list_changed_ && !listing_ && stage_ == Stage::kReady) consider(list_again_at_);
  for (const Call& one : calls_) consider(one.deadline);
  return next;
}

bool ServerClient::waits_for(std::int64_t request) const {
  if (request == 0 || stage_ == Stage::kDown) return false;
  return (stage_ == Stage::kInitializing && request == initialize_id_) ||
         (listing_ && listing_->id == request) ||
         std::ranges::find(calls_, request, &Call::id) != calls_.end();
}

void ServerClient::send_request(std::int64_t id, std::string_view method, json::object params) {
  json::object request;
  request["jsonrpc"] = "2.0";
  request["id"] = id;
  request["method"] = method;
  request["params"] = std::move(params);
  output_.messages.push_back({.text = json::serialize(request), .request = id});
}

void ServerClient::notify(std::string_view method, json::object params, bool barrier) {
  json::object notification;
  notification["jsonrpc"] = "2.0";
  notification["method"] = method;
  if (!params.empty()) notification["params"] = std::move(params);
  output_.messages.push_back({.text = json::serialize(notification), .request = 0, .barrier = barrier});
}

void ServerClient::begin_list(SteadyTime now) {
  list_changed_ = false;
  list_ = ToolListing({.tools = limits_.tools, .pages = limits_.pages});
  request_page("", 1, now);
}

void ServerClient::request_page(std::string cursor, int attempt, SteadyTime now) {
  json::object params;
  if (!cursor.empty()) params["cursor"] = cursor;
  listing_ = ListRequest{.id = ++last_id_,
                         .cursor = std::move(cursor),
                         .attempt = attempt,
                         .deadline = now + limits_.list_timeout};
  send_request(listing_->id, "tools/list", std::move(params));
}

// A first list is asked for twice and then missed; one that was to replace another leaves that as it is.
void ServerClient::page_failed(SteadyTime now) {
  if (listing_->attempt < kPageAttempts) return request_page(listing_->cursor, listing_->attempt + 1, now);
  listing_.reset();
  counters_.add(ServerEvent::kListFailed);
  if (!listed_) break_off(ErrorCode::kTimeout, "it does not list its tools");
}

void ServerClient::settle_list(std::vector<ToolSpec> tools) {
  tools_ = std::move(tools);
  listing_.reset();
  listed_ = true;
  stage_ = Stage::kReady;
  output_.tools_changed = true;
}

void ServerClient::on_server_request(const json::object& request, SteadyTime now) {
  const std::string_view method = json::find_string(request, "method").value_or("");
  if (method == "notifications/progress") return on_progress(request, now);
  if (method == "notifications/tools/list_changed") {
    counters_.add(ServerEvent::kListChanged);
    if (!list_changed_) list_again_at_ = std::max(list_again_at_, now);
    list_changed_ = true;
    return tick(now);
  }
  const bool is_ping = method == "ping";
  if (!is_ping) counters_.add(ServerEvent::kServerRequest);
  const json::value* const id = request.if_contains("id");
  const bool usable = id != nullptr &&
                      (id->is_number() || (id->is_string() && id->get_string().size() <= kMaxRequestIdBytes));
  if (!usable) return;
  if (now - answers_since_ >= limits_.list_interval) {
    answers_since_ = now;
    answers_ = 0;
  }
  if (answers_ >= limits_.answers) return counters_.add(ServerEvent::kRequestFlood);
  ++answers_;
  json::object reply;
  reply["jsonrpc"] = "2.0";
  reply["id"] = *id;
  if (is_ping) {
    reply["result"] = json::object{};
  } else {
    reply["error"] = json::object{{"code", kNoSuchMethod}, {"message", "Method not found"}};
  }
  output_.messages.push_back({.text = json::serialize(reply)});
}

void ServerClient::on_progress(const json::object& request, SteadyTime now) {
  const json::object* params = json::find_object(request, "params");
  const auto token = params != nullptr ? json::find_int(*params, "progressToken") : std::nullopt;
  if (!token || *token <= 0) return;
  const auto call = std::ranges::find(calls_, *token, &Call::id);
  if (call == calls_.end()) return;
  timeouts_ = 0;
  call->deadline = std::min(now + call->timeout, call->longest);
}

void ServerClient::send_calls() {
  if (stage_ != Stage::kReady) return;
  auto open =
      static_cast<std::size_t>(std::ranges::count_if(calls_, [](const Call& one) { return one.id != 0; }));
  for (Call& one : calls_) {
    if (open >= limits_.open_calls) return;
    if (one.id != 0) continue;
    one.id = ++last_id_;
    ++open;
    json::object params;
    params["name"] = one.tool;
    params["arguments"] = one.arguments;
    params["_meta"] = json::object{{"progressToken", one.id}};
    send_request(one.id, "tools/call", std::move(params));
  }
}

void ServerClient::tell_cancelled(const Call& call, std::string_view why) {
  notify("notifications/cancelled", json::object{{"requestId", call.id}, {"reason", why}}, false);
}

void ServerClient::answer(const Call& call, Result<std::string> text) {
  output_.answers.push_back({.ticket = call.ticket, .text = std::move(text)});
}

void ServerClient::break_off(ErrorCode code, std::string why) {
  output_.broken = Error{code, std::move(why)};
}

}  // namespace earshot::worker
