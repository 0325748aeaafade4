#include "gateway/xiaozhi/mcp_client.h"

#include <algorithm>
#include <limits>

#include "common/base/unreachable.h"

namespace earshot::gateway {

namespace {

constexpr std::int32_t kLastWireId = std::numeric_limits<std::int32_t>::max();  // the device cuts to it (8.1)
constexpr int kPageAttempts = 2;
constexpr std::size_t kMaxListWaiters = 16;
constexpr std::size_t kMaxInitializeWaiters = 4;
constexpr std::size_t kMaxKeptAnswerBytes = 4 * 1024;  // serverInfo and capabilities are some 200
constexpr std::size_t kMaxDeviceIdBytes = 64;
constexpr int kNoSuchMethod = -32601;  // JSON-RPC 2.0, 5.1

constexpr auto is_workers = [](const auto& one) { return one.asker == McpAsker::kWorker; };

json::object error_reply(std::string_view message) {
  return {{"jsonrpc", "2.0"}, {"error", json::object{{"message", message}}}};
}

json::object result_reply(json::object result) {
  return {{"jsonrpc", "2.0"}, {"result", std::move(result)}};
}

std::string_view words_of(McpLoss how) {
  switch (how) {
    case McpLoss::kUnreadable:
      return "the device's answer could not be read";
    case McpLoss::kTooLarge:
      return "the device's answer was too large to be read";
    case McpLoss::kTimeout:
      return "the device did not answer in time";
    case McpLoss::kNotSent:
      return "the device cannot be reached";
  }
  unreachable("no other loss");
}

}  // namespace

McpClient::McpClient(ToolCatalogue& catalogue, McpCounters& counters, std::uint32_t first_id,
                     McpLimits limits)
    : catalogue_(catalogue),
      counters_(counters),
      limits_(limits),
      first_id_(static_cast<std::int32_t>(first_id % kLastWireId)),
      last_id_(first_id_) {}

void McpClient::ask(McpAsker asker, McpRequest request, SteadyTime now) {
  if (request.method == "initialize") {
    ask_initialize(std::move(request));
  } else if (request.method == "tools/list") {
    ListWaiter waiter{.asker = asker,
                      .id = request.id,
                      .cursor = std::string(json::find_string(request.params, "cursor").value_or("")),
                      .deadline = request.deadline};
    wait_for_list(std::move(waiter));
  } else {
    // Its worker was told that calls are lost, and may call again: this one crossed the news.
    if (!online_ && asker == McpAsker::kWorker)
      return answer(asker, request.id, error_reply("the device lost its connection"));
    if (asker == McpAsker::kWorker && take_over(request, now)) return;
    Lane& queue = lane(asker);
    const std::size_t bytes = json::serialize(request.params).size() + request.method.size();
    if (queue.requests.size() >= limits_.waiting || queue.bytes + bytes > limits_.waiting_bytes) {
      counters_.add(McpEvent::kTooMany);
      return answer(asker, request.id, error_reply("too many requests wait for the device"));
    }
    queue.bytes += bytes;
    queue.requests.push_back({.request = std::move(request), .bytes = bytes});
  }
  send_next(now);
}

void McpClient::ask_tools(McpAsker asker, std::int64_t id, bool anew, SteadyTime deadline, SteadyTime now) {
  if (anew && !listing_) forget_list();
  wait_for_list({.asker = asker, .id = id, .cursor = std::nullopt, .deadline = deadline});
  send_next(now);
}

void McpClient::forget(McpAsker asker) {
  lane(asker) = {};
  std::erase_if(list_waiters_, [&](const ListWaiter& one) { return one.asker == asker; });
  std::erase_if(late_, [&](const Sent& one) { return one.what == What::kRequest && one.asker == asker; });
  std::erase_if(output_.answers, [&](const McpAnswer& one) { return one.asker == asker; });
  if (asker == McpAsker::kWorker) {
    initialize_waiters_.clear();
    answered_.clear();
    answered_bytes_ = 0;
  }
  if (on_wire_ && on_wire_->what == What::kRequest && on_wire_->asker == asker) on_wire_->wanted = false;
}

void McpClient::hear(const json::object& message, SteadyTime now) {
  if (message.contains("method")) return on_device_request(message, now);
  const auto wire = json::find_int(message, "id");
  if (!wire) return counters_.add(McpEvent::kReplyUnreadable);
  const auto sent = take_sent(*wire);
  if (!sent) return;
  if (sent->what != What::kRequest) {
    output_.round_trip = std::chrono::duration_cast<Microseconds>(now - sent->sent);
  }
  switch (sent->what) {
    case What::kInitialize:
      on_initialized(*sent, message);
      break;
    case What::kPage:
      on_page(message);
      break;
    case What::kRequest:
      answer_call(*sent, message, now);
      break;
  }
  send_next(now);
}

void McpClient::lose(std::int64_t wire, McpLoss how, SteadyTime now) {
  if (how != McpLoss::kNotSent) counters_.add(McpEvent::kReplyBroken);
  const auto sent = take_sent(wire);
  if (!sent) return;
  switch (sent->what) {
    case What::kInitialize:
      on_initialized(*sent, error_reply(words_of(how)));
      break;
    case What::kPage:
      retry_page(words_of(how));
      break;
    case What::kRequest:
      answer_call(*sent, how, now);
      break;
  }
  send_next(now);
}

void McpClient::away() {
  online_ = false;
  if (on_wire_) {
    if (on_wire_->what == What::kPage && listing_) listing_->page_waits = true;
    if (on_wire_->what == What::kInitialize) initialize_waits_ = true;
    if (on_wire_->what == What::kRequest && on_wire_->asker == McpAsker::kCommands)
      late_.push_back(*on_wire_);
    on_wire_.reset();
  }
  lane(McpAsker::kWorker) = {};
  std::erase_if(late_, is_workers);
  std::erase_if(list_waiters_, is_workers);
}

void McpClient::connected(SteadyTime now) {
  online_ = true;
  forget_list();
  initialized_.reset();
  initialize_waits_ = !initialize_waiters_.empty();
  initialize_wire_ = 0;
  if (!initialize_waits_) initialize_.clear();
  listing_.reset();
  if (!list_waiters_.empty()) begin_list();
  if (on_wire_ && on_wire_->what == What::kRequest) late_.push_back(*on_wire_);
  on_wire_.reset();
  send_next(now);
}

void McpClient::forget_list() {
  tools_.reset();
  if (listing_) listing_->stale = true;
}

void McpClient::tick(SteadyTime now) {
  if (on_wire_ && now >= on_wire_->hold) {
    const Sent sent = *std::exchange(on_wire_, std::nullopt);
    if (sent.what == What::kPage) {
      retry_page({});
    } else {
      if (sent.what == What::kRequest) counters_.add(McpEvent::kCallLate);
      late_.push_back(sent);
    }
  }
  for (const Sent& one : late_) {
    if (now >= one.deadline) give_up(one);
  }
  std::erase_if(late_, [&](const Sent& one) { return now >= one.deadline; });
  if (late_.size() > limits_.late) {
    give_up(late_.front());
    late_.erase(late_.begin());
  }
  for (const McpAsker asker : {McpAsker::kWorker, McpAsker::kCommands}) {
    Lane& queue = lane(asker);
    std::erase_if(queue.requests, [&](const Waiting& one) {
      if (now < one.request.deadline) return false;
      counters_.add(McpEvent::kCallTimedOut);
      answer(asker, one.request.id, McpLoss::kTimeout);
      queue.bytes -= one.bytes;
      return true;
    });
  }
  std::erase_if(list_waiters_, [&](const ListWaiter& one) {
    if (now < one.deadline) return false;
    answer(one.asker, one.id, McpLoss::kTimeout);
    return true;
  });
  send_next(now);
}

std::optional<SteadyTime> McpClient::next_deadline() const {
  std::optional<SteadyTime> next;
  const auto consider = [&next](SteadyTime deadline) { next = next ? std::min(*next, deadline) : deadline; };
  if (on_wire_) consider(on_wire_->hold);
  for (const Sent& one : late_) consider(one.deadline);
  for (const Lane& queue : lanes_) {
    for (const Waiting& one : queue.requests) consider(one.request.deadline);
  }
  for (const ListWaiter& one : list_waiters_) consider(one.deadline);
  return next;
}

void McpClient::ask_initialize(McpRequest request) {
  std::string params = json::serialize(request.params);
  if (params == initialize_ && initialized_) {
    json::object reply = *initialized_;
    return answer(McpAsker::kWorker, request.id, std::move(reply));
  }
  if (params != initialize_ || (!initialize_waits_ && initialize_wire_ == 0)) {
    initialize_ = std::move(params);
    initialized_.reset();
    initialize_waits_ = true;
    initialize_wire_ = 0;
  }
  if (initialize_waiters_.size() >= kMaxInitializeWaiters)
    initialize_waiters_.erase(initialize_waiters_.begin());
  initialize_waiters_.push_back(request.id);
}

void McpClient::wait_for_list(ListWaiter waiter) {
  if (tools_) {
    counters_.add(McpEvent::kListServed);
    return answer_from(waiter, tools_);
  }
  if (list_waiters_.size() >= kMaxListWaiters) {
    counters_.add(McpEvent::kTooMany);
    return answer(waiter.asker, waiter.id, error_reply("too many requests wait for the device"));
  }
  list_waiters_.push_back(std::move(waiter));
  if (!listing_) begin_list();
}

void McpClient::begin_list() {
  listing_ = Listing{};
}

void McpClient::answer_from(const ListWaiter& waiter, const ToolsHandle& tools) {
  if (!waiter.cursor) return answer(waiter.asker, waiter.id, tools);
  answer(waiter.asker, waiter.id, result_reply(tools->list.page(*waiter.cursor, limits_.list_bytes)));
}

void McpClient::on_initialized(const Sent& sent, const json::object& reply) {
  if (sent.wire != initialize_wire_) return;  // another one was asked since
  initialize_wire_ = 0;
  if (reply.contains("result") && json::serialize(reply).size() <= kMaxKeptAnswerBytes) initialized_ = reply;
  for (const std::int64_t id : std::exchange(initialize_waiters_, {})) answer(McpAsker::kWorker, id, reply);
}

void McpClient::on_page(const json::object& reply) {
  if (!listing_) return;
  const json::object* const result = json::find_object(reply, "result");
  if (result == nullptr) {
    return fail_list(reply.contains("error") ? reply : error_reply("an answer without a result"));
  }
  const auto next = listing_->pages.add(*result);
  if (!next) return fail_list(error_reply(next.error().message));
  if (!next->empty()) {
    listing_->cursor = *next;
    listing_->attempt = 0;
    listing_->page_waits = true;
    return;
  }
  counters_.add(McpEvent::kListRead);
  const bool stale = listing_->stale;
  const auto shared = catalogue_.share(listing_->pages.take());
  listing_.reset();
  if (!stale && shared.may_be_kept) tools_ = shared.tools;
  for (const ListWaiter& one : std::exchange(list_waiters_, {})) answer_from(one, shared.tools);
}

void McpClient::retry_page(std::string_view problem) {
  if (!listing_) return;
  if (listing_->attempt < kPageAttempts) {
    listing_->page_waits = true;
    return;
  }
  fail_list(error_reply(problem.empty() ? "the device did not tell its tools in time" : problem));
}

// A worker's user is better served with some of the tools than with none; a command's giver shall know.
void McpClient::fail_list(json::object error) {
  counters_.add(McpEvent::kListFailed);
  const ToolList some = listing_->pages.take();
  listing_.reset();
  for (const ListWaiter& one : std::exchange(list_waiters_, {})) {
    if (one.cursor && !some.tools.empty()) {
      answer(one.asker, one.id, result_reply(some.page(*one.cursor, limits_.list_bytes)));
    } else {
      answer(one.asker, one.id, error);
    }
  }
}

void McpClient::on_device_request(const json::object& request, SteadyTime now) {
  const auto method = json::find_string(request, "method").value_or("");
  if (method == "notifications/tools/list_changed") {
    counters_.add(McpEvent::kListChanged);
    forget_list();
    output_.list_changed = true;
    return;
  }
  counters_.add(method == "ping" ? McpEvent::kPing : McpEvent::kDeviceRequest);
  const json::value* const id = request.if_contains("id");
  const bool usable =
      id != nullptr && (id->is_number() || (id->is_string() && id->get_string().size() <= kMaxDeviceIdBytes));
  if (!usable) return;  // a notification, or nothing that could be answered
  if (method == "ping") return answer_device(*id, "result", json::object{}, now);
  answer_device(*id, "error", json::object{{"code", kNoSuchMethod}, {"message", "Method not found"}}, now);
}

void McpClient::answer_device(const json::value& id, std::string_view key, json::value what, SteadyTime now) {
  if (now - answers_since_ >= limits_.answers_interval) {
    answers_since_ = now;
    answers_ = 0;
  }
  if (answers_ >= limits_.answers) return counters_.add(McpEvent::kDeviceFlood);
  ++answers_;
  output_.messages.push_back(json::object{{"jsonrpc", "2.0"}, {"id", id}, {key, std::move(what)}});
}

std::optional<McpClient::Sent> McpClient::take_sent(std::int64_t wire) {
  if (on_wire_ && on_wire_->wire == wire) return std::exchange(on_wire_, std::nullopt);
  const auto found = std::ranges::find(late_, wire, &Sent::wire);
  if (found == late_.end()) {
    // The ids go up by one; after two thousand million they begin anew.
    const bool was_sent = last_id_ >= first_id_ ? wire > first_id_ && wire <= last_id_
                                                : (wire > 0 && wire <= last_id_) || wire > first_id_;
    counters_.add(was_sent ? McpEvent::kReplyLate : McpEvent::kReplyUnknown);
    return std::nullopt;
  }
  const Sent sent = *found;
  late_.erase(found);
  return sent;
}

void McpClient::give_up(const Sent& sent) {
  if (sent.what == What::kInitialize) {
    if (sent.wire == initialize_wire_) initialize_wire_ = 0;
    return;
  }
  counters_.add(McpEvent::kCallTimedOut);
  if (sent.wanted && !sent.orphan) answer(sent.asker, sent.id, McpLoss::kTimeout);
}

void McpClient::answer(McpAsker asker, std::int64_t id, decltype(McpAnswer::outcome) outcome) {
  if (auto* reply = std::get_if<json::object>(&outcome)) (*reply)["id"] = id;
  output_.answers.push_back({.asker = asker, .id = id, .outcome = std::move(outcome)});
}

void McpClient::send_next(SteadyTime now) {
  constexpr std::size_t kPlaces = 3;
  for (std::size_t i = 1; i <= kPlaces && online_ && !on_wire_; ++i) {
    const std::size_t place = (served_ + i) % kPlaces;
    const bool sent = place == 0   ? send_own(now)
                      : place == 1 ? send_of(McpAsker::kWorker, now)
                                   : send_of(McpAsker::kCommands, now);
    if (!sent) continue;
    served_ = place;
    return;
  }
}

bool McpClient::send_own(SteadyTime now) {
  if (initialize_waits_) {
    initialize_waits_ = false;
    auto params = json::parse_object(initialize_, limits_.waiting_bytes);
    if (!params) params = json::object{};
    send({.what = What::kInitialize,
          .hold = now + limits_.initialize_hold,
          .deadline = now + limits_.page_timeout},
         "initialize", std::move(*params), now);
    initialize_wire_ = last_id_;
    return true;
  }
  if (!listing_ || !listing_->page_waits) return false;
  listing_->page_waits = false;
  ++listing_->attempt;
  const SteadyTime until = now + limits_.page_timeout;
  send({.what = What::kPage, .hold = until, .deadline = until}, "tools/list",
       {{"cursor", listing_->cursor}, {"withUserTools", true}}, now);
  return true;
}

bool McpClient::send_of(McpAsker asker, SteadyTime now) {
  Lane& queue = lane(asker);
  if (queue.requests.empty()) return false;
  Waiting next = std::move(queue.requests.front());
  queue.requests.erase(queue.requests.begin());
  queue.bytes -= next.bytes;
  const SteadyTime deadline = next.request.deadline;
  const bool kept = asker == McpAsker::kWorker && next.request.method == "tools/call";
  std::string call = kept ? json::serialize(next.request.params) : std::string();
  send({.what = What::kRequest,
        .asker = asker,
        .id = next.request.id,
        .hold = std::min(deadline, now + limits_.hold),
        .deadline = deadline,
        .call = std::move(call)},
       next.request.method, std::move(next.request.params), now);
  return true;
}

// Numbers only: a text as id gets no answer (8.1).
void McpClient::send(Sent sent, std::string_view method, json::object params, SteadyTime now) {
  last_id_ = last_id_ == kLastWireId ? 1 : last_id_ + 1;
  sent.wire = last_id_;
  sent.sent = now;
  on_wire_ = sent;
  output_.messages.push_back(
      json::object{{"jsonrpc", "2.0"}, {"id", last_id_}, {"method", method}, {"params", std::move(params)}});
}

}  // namespace earshot::gateway
