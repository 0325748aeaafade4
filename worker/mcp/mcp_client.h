// The MCP client of one device: JSON-RPC 2.0 over the control channel (device-protocol 8). Pure: texts and
// time in, texts and answers out.
//
// Runs on: its owner's thread.
// Lifecycle: made -> start() -> requests and replies until it is dropped; the owner calls take_output() after
// every other call and tick() when next_deadline() has come.
//
// The device runs tools in its main loop, so calls go out one at a time (8.2). A call that takes long is told
// of once and then holds up nobody: it lets go of the line, and its reply may still come until its deadline,
// in any order (a reply may also have been lost: they come with QoS 0). Only tools that the device has listed
// can be called: user-only tools are never asked for, and left out if listed all the same (8.4, trap 27).
// A reply that is known to be lost fails its call at once: one that nobody can read, and all that were open
// when the device's connection broke; what waits then goes out when the device is back.
//
// The device may ask in turn: `ping` is answered, `notifications/tools/list_changed` makes the list be asked
// for again (tools() stays as it is until then), anything else with an id gets "method not found". Its
// questions are answered at a bounded rate.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/counters.h"
#include "common/base/result.h"
#include "common/json/json.h"
#include "worker/mcp/tool_listing.h"
#include "worker/stages/dialogue.h"

namespace earshot::worker {

struct McpLimits {
  std::size_t message_bytes = 64 * 1024;  // a tools/list page is about 8 kB (8.2)
  std::size_t result_bytes = 8 * 1024;    // of one tool's answer; longer ones are cut
  std::size_t tools = 128;
  std::size_t pages = 32;
  std::size_t queued_calls = 16;
  std::size_t late_calls = 16;        // beyond, the oldest is given up
  Milliseconds list_timeout{10'000};  // a page; asked for twice
  Milliseconds list_interval{5'000};  // between two lists that the device says have changed
  std::size_t answers = 20;           // to the device's own requests, in each list_interval
};

enum class McpEvent {
  kUnreadable,     // not a JSON object, or too large
  kDeviceRequest,  // a request or notification of the device that we do not know
  kPing,           // answered
  kListChanged,    // the device says that its tools are others now
  kRequestFlood,   // more requests of the device than are answered
  kLostReply,      // a reply came that nobody can read
  kDeviceAway,     // the device's connection broke
  kBadId,          // a reply whose id is not a number (8.1)
  kUnknownId,      // a reply to a request that was never sent
  kLateReply,      // a second reply, or one after the deadline
  kCallLate,       // a tool takes long: others may be called meanwhile
  kCallTimedOut,   // a tool did not answer in time
  kCallRefused,    // a call of a tool that the device has not listed, or with arguments that are no object
  kCallsOverflow,  // too many calls waiting
  kListFailed,     // a page timed out twice or was answered with an error
  kListTruncated,  // more pages or tools than McpLimits, or a cursor that comes round again
  kToolLeftOut,    // a listed tool without a usable name, listed twice, or for users only
  kCount
};
inline constexpr std::array<std::string_view, 17> kMcpEventNames = {
    "mcp_unreadable",     "mcp_device_request", "mcp_ping",         "mcp_list_changed",   "mcp_request_flood",
    "mcp_lost_reply",     "mcp_device_away",    "mcp_bad_id",       "mcp_unknown_id",     "mcp_late_reply",
    "mcp_call_late",      "mcp_call_timed_out", "mcp_call_refused", "mcp_calls_overflow", "mcp_list_failed",
    "mcp_list_truncated", "mcp_tool_left_out"};

// What a device can do, as it has listed, and how far the numbers of the requests to it have come.
struct KnownTools {
  std::vector<ToolSpec> tools;
  std::int32_t last_id = 0;
};

enum class McpTicket : std::uint32_t {};

struct McpAnswer {
  McpTicket ticket{};
  Result<std::string> text;  // what the tool said, valid UTF-8
};

struct McpPatience {
  Milliseconds late_after{10'000};  // then the call is told to be late; not below timeout: it never is
  Milliseconds timeout{300'000};    // then it has failed
};

struct McpOutput {
  std::vector<std::string> messages;  // JSON-RPC texts for the device, in order
  std::vector<McpAnswer> answers;
  std::vector<McpTicket> late;  // the answer comes later
};

class McpClient {
 public:
  explicit McpClient(McpLimits limits = {})
      : limits_(limits), list_({.tools = limits.tools, .pages = limits.pages}) {}

  // Instead of start(): another worker's client has asked this device. Its calls that are open are nobody's.
  void go_on(KnownTools known);
  std::optional<KnownTools> known() const;  // nullopt: the list is not complete
  // initialize and the first tools/list leave together: initialize is no precondition (8.2).
  void start(SteadyTime now);
  void on_message(std::string_view payload, SteadyTime now);
  // The reply to request `id` has come, but as no JSON or too large.
  enum class Loss { kUnreadable, kTooLarge };
  void on_lost_reply(std::int64_t id, Loss how, SteadyTime now);
  // The device's connection broke, or is there again (it is when all begins).
  void set_online(bool online, SteadyTime now);
  // `arguments`: fitted to the tool's schema first (tool_arguments.h).
  // The answer always comes, by `now + timeout` at the latest, and never from inside this call.
  McpTicket call(const std::string& name, const std::string& arguments, McpPatience patience, SteadyTime now);
  // No answer will come. A call already sent still holds the line until the device replies or it is due.
  void cancel(McpTicket ticket);
  void tick(SteadyTime now);
  McpOutput take_output();

  std::optional<SteadyTime> next_deadline() const;
  bool list_settled() const { return list_settled_; }  // complete, or given up with what there is
  const std::vector<ToolSpec>& tools() const { return tools_; }
  std::int32_t last_id() const { return last_id_; }                // of the requests that were sent
  const std::string& device_name() const { return device_name_; }  // serverInfo of its initialize reply
  const Counters<McpEvent, kMcpEventNames>& counters() const { return counters_; }

 private:
  struct Call {
    McpTicket ticket{};
    std::string name;
    json::object arguments;
    SteadyTime late;
    SteadyTime deadline;
    bool told_late = false;
    bool cancelled = false;
    std::int32_t id = 0;  // 0: not sent yet
  };
  struct ListRequest {
    std::int32_t id = 0;
    std::string cursor;
    int attempt = 1;
    SteadyTime deadline;
  };

  std::int32_t send(std::string_view method, json::object params);
  void on_device_request(const json::object& request, SteadyTime now);
  void answer_device(const json::value& id, std::string_view key, json::value what, SteadyTime now);
  void begin_list(SteadyTime now);
  void request_page(std::string cursor, int attempt, SteadyTime now);
  void on_page(const json::object& reply, SteadyTime now);
  void settle_list();
  void fail_list();
  // Takes the call that was sent as `id` off its queue.
  std::optional<Call> take_sent(std::int64_t id);
  void tell_late(Call& call);
  void give_up(const Call& call);
  void lose(const Call& call);
  void answer(McpTicket ticket, Result<std::string> text);
  void send_next_call();
  const ToolSpec* find_tool(std::string_view name) const;

  McpLimits limits_;
  Counters<McpEvent, kMcpEventNames> counters_;
  McpOutput output_;
  std::int32_t last_id_ = 0;
  std::uint32_t last_ticket_ = 0;
  std::optional<std::int32_t> initialize_id_;
  std::string device_name_;
  bool online_ = true;
  std::optional<ListRequest> listing_;
  ToolListing list_;  // being collected
  bool list_settled_ = false;
  bool list_changed_ = false;  // asked for again at list_again_at_
  SteadyTime list_again_at_{};
  SteadyTime answers_since_{};  // the interval in which `answers_` were given
  std::size_t answers_ = 0;
  std::vector<ToolSpec> tools_;
  std::deque<Call> calls_;  // the front one is on the line when its id is not 0
  std::deque<Call> late_;   // sent, and off the line
};

}  // namespace earshot::worker
