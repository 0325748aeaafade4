// The one MCP client of a device: JSON-RPC 2.0 on its line, for everybody who wants something of its tools
// (device-protocol 8). Pure: requests, replies and time in, messages and answers out.
//
// Runs on: its owner's thread.
// Borrows: catalogue and counters, which outlive it.
// Lifecycle: made with the line, gone with it. After each call but a query take_output(); tick() when
// next_deadline() has come.
//
// Each request goes out under an id of this client's own, so that two askers never meet in one, and its answer
// comes back under the asker's. One request is on the wire at a time: the firmware runs tools in its main loop
// (8.2). A tool that takes long lets go of the wire after `hold`; its reply may still come until its deadline.
// Who waits for the wire is served in turn: the client itself, the worker, commands.
//
// `initialize` and the list of tools (all pages, user-only ones too) are read once a connection, when somebody
// asks, and kept: asked again, by whomever, they cost the device nothing. What is kept goes when the device says
// that it changed, or begins another connection: there may be new firmware behind it.
//
// When a worker is gone in the middle of something, the next one asks the same again: a call that is under way or was
// answered meanwhile is not made twice; who asks it, by the same name and arguments, gets that answer. Each answer
// once, for kOrphanLife.
//
// The device may ask in turn: `ping` is answered, anything else with an id gets "method not found", at a bounded
// rate.
// Bounded: McpLimits, for each asker; what is beyond fails at once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "common/base/clock.h"
#include "common/base/counters.h"
#include "common/json/json.h"
#include "gateway/xiaozhi/tool_catalogue.h"

namespace earshot::gateway {

struct McpLimits {
  std::size_t waiting = 32;                // requests of one asker; a worker has 16 calls and a few lists
  std::size_t waiting_bytes = 64 * 1024;   // in their parameters
  std::size_t late = 16;                   // requests that let go of the wire; beyond, the oldest is given up
  std::size_t list_bytes = 48 * 1024;      // a page for the worker, whose messages end at 64 KiB
  Milliseconds hold{10'000};               // as a worker tells its user that a tool takes longer
  Milliseconds initialize_hold{1'000};     // nothing depends on it (8.2)
  Milliseconds page_timeout{10'000};       // a page is asked for twice
  std::size_t answered = 16;               // calls of the worker whose answers are kept
  std::size_t answered_bytes = 64 * 1024;  // in them
  std::size_t answers = 20;                // to the device's own requests, in each
  Milliseconds answers_interval{5'000};    // of these
};

enum class McpEvent {
  kReplyUnreadable,  // without a number for an id (8.1)
  kReplyBroken,      // came, and was no JSON or too large
  kReplyUnknown,     // to a request that was never sent
  kReplyLate,        // a second one, or one after the deadline
  kCallLate,         // a tool takes long: others go on meanwhile
  kCallTimedOut,
  kTooMany,  // an asker has more requests waiting than McpLimits
  kListRead,
  kListFailed,     // or cannot be used
  kListServed,     // without asking the device
  kListChanged,    // the device says so
  kCallTakenOver,  // a worker asks what the one before has asked already
  kPing,           // of the device, answered
  kDeviceRequest,  // of the device, of another kind
  kDeviceFlood,    // of the device, not answered
  kCount
};
inline constexpr std::array<std::string_view, static_cast<std::size_t>(McpEvent::kCount)> kMcpEventNames{
    "mcp_reply_unreadable", "mcp_reply_broken",   "mcp_reply_unknown", "mcp_reply_late",
    "mcp_call_late",        "mcp_call_timed_out", "mcp_too_many",      "mcp_list_read",
    "mcp_list_failed",      "mcp_list_served",    "mcp_list_changed",  "mcp_call_taken_over",
    "mcp_device_ping",      "mcp_device_request", "mcp_device_flood"};
using McpCounters = Counters<McpEvent, kMcpEventNames>;

enum class McpAsker : std::uint8_t { kWorker, kCommands };

struct McpRequest {
  std::int64_t id = 0;  // the asker's
  std::string method;
  json::object params;
  SteadyTime deadline{};  // no answer is wanted after it
};

enum class McpLoss {
  kUnreadable,  // the answer came, and was no JSON
  kTooLarge,    // likewise, too large to be read
  kTimeout,
  kNotSent,  // the request could not be handed over
};

// To one request, once. None comes to what forget() and away() end.
struct McpAnswer {
  McpAsker asker{};
  std::int64_t id = 0;
  // The reply, with `result` or `error` and the asker's id; what ask_tools() asked for; or why there is neither.
  std::variant<json::object, ToolsHandle, McpLoss> outcome;
};

struct McpOutput {
  std::vector<json::object> messages;  // JSON-RPC for the device, in order
  std::vector<McpAnswer> answers;
  bool list_changed = false;                              // whoever knows the tools may ask anew
  std::optional<Microseconds> round_trip = std::nullopt;  // of a request that a device answers at once
};

class McpClient {
 public:
  static constexpr Milliseconds kOrphanLife{60'000};

  // `first_id` is drawn: answers from before a restart fit nothing.
  McpClient(ToolCatalogue& catalogue, McpCounters& counters, std::uint32_t first_id, McpLimits limits = {});

  // `tools/list` without user-only tools, and `initialize`, are answered from what is kept.
  void ask(McpAsker asker, McpRequest request, SteadyTime now);
  // All tools. `anew`: not from what is kept.
  void ask_tools(McpAsker asker, std::int64_t id, bool anew, SteadyTime deadline, SteadyTime now);
  // No answer is wanted any more. What was sent still holds the wire.
  void forget(McpAsker asker);

  // The worker's calls up to this id are over for it: their answers need not be kept.
  void settled(std::int64_t id);
  // The worker is gone, and another will come: what is behind `settled` is kept for it.
  void worker_gone(std::int64_t settled, SteadyTime now);

  // From the device: a JSON-RPC object.
  void hear(const json::object& message, SteadyTime now);
  // The reply to `id` came, and cannot be read.
  void lose(std::int64_t id, McpLoss how, SteadyTime now);
  // Its connection broke. The worker, who is told of that, gives up what it asked for; a command's answer may
  // still come.
  void away();
  // It is there, on another connection than before (it is there when all begins).
  void connected(SteadyTime now);
  // It tells other tools from now on.
  void forget_list();
  void tick(SteadyTime now);

  McpOutput take_output() { return std::exchange(output_, {}); }
  std::optional<SteadyTime> next_deadline() const;

 private:
  enum class What : std::uint8_t { kInitialize, kPage, kRequest };
  struct Sent {
    std::int32_t wire = 0;
    What what = What::kRequest;
    McpAsker asker{};
    bool wanted = true;
    bool orphan = false;  // of a worker that is gone
    std::int64_t id = 0;
    SteadyTime sent{};
    SteadyTime hold{};
    SteadyTime deadline{};
    std::string call = {};  // of the worker's: name and arguments
  };
  struct Answered {
    std::int64_t id = 0;
    bool orphan = false;
    SteadyTime until = SteadyTime::max();  // of an orphan
    std::string call;
    std::size_t bytes = 0;
    std::variant<json::object, ToolsHandle, McpLoss> outcome;
  };
  struct Waiting {
    McpRequest request;
    std::size_t bytes = 0;
  };
  struct Lane {
    std::vector<Waiting> requests;
    std::size_t bytes = 0;
  };
  struct ListWaiter {
    McpAsker asker{};
    std::int64_t id = 0;
    std::optional<std::string> cursor;  // nullopt: all of it is wanted, not a page
    SteadyTime deadline{};
  };
  struct Listing {
    ToolPages pages;
    std::string cursor;
    int attempt = 0;
    bool page_waits = true;  // for the wire
    bool stale = false;      // it changed meanwhile
  };

  Lane& lane(McpAsker asker) { return lanes_[static_cast<std::size_t>(asker)]; }
  void ask_initialize(McpRequest request);
  void wait_for_list(ListWaiter waiter);
  bool take_over(const McpRequest& request, SteadyTime now);
  void answer_call(const Sent& sent, decltype(McpAnswer::outcome) outcome, SteadyTime now);
  void begin_list();
  void answer_from(const ListWaiter& waiter, const ToolsHandle& tools);
  void on_initialized(const Sent& sent, const json::object& reply);
  void on_page(const json::object& reply);
  void retry_page(std::string_view problem);
  void fail_list(json::object error);
  void on_device_request(const json::object& request, SteadyTime now);
  void answer_device(const json::value& id, std::string_view key, json::value what, SteadyTime now);
  std::optional<Sent> take_sent(std::int64_t wire);
  void give_up(const Sent& sent);
  void answer(McpAsker asker, std::int64_t id, decltype(McpAnswer::outcome) outcome);
  void send_next(SteadyTime now);
  bool send_own(SteadyTime now);
  bool send_of(McpAsker asker, SteadyTime now);
  void send(Sent sent, std::string_view method, json::object params, SteadyTime now);

  ToolCatalogue& catalogue_;
  McpCounters& counters_;
  McpLimits limits_;
  McpOutput output_;
  std::int32_t first_id_;
  std::int32_t last_id_;
  bool online_ = true;
  std::optional<Sent> on_wire_;
  std::vector<Sent> late_;          // oldest first
  std::vector<Answered> answered_;  // likewise: calls of the worker that are not settled
  std::size_t answered_bytes_ = 0;
  std::array<Lane, 2> lanes_;
  std::size_t served_ = 0;  // the place in turn that was served last

  std::optional<Listing> listing_;
  std::vector<ListWaiter> list_waiters_;
  ToolsHandle tools_;  // of this connection; nullptr: not known

  std::string initialize_;  // the parameters, as text; empty: nobody has asked
  bool initialize_waits_ = false;
  std::int32_t initialize_wire_ = 0;              // 0: not under way
  std::optional<json::object> initialized_;       // its answer
  std::vector<std::int64_t> initialize_waiters_;  // the worker's ids

  SteadyTime answers_since_{};
  std::size_t answers_ = 0;
};

}  // namespace earshot::gateway
