// The MCP client of one server: JSON-RPC 2.0 in texts and time, whatever carries them. Pure.
//
// Runs on: its owner's thread.
// Lifecycle: kDown -> start() -> kInitializing -> kListing -> kReady -> lost() -> kDown. The owner calls take_output()
// after every other call, and tick() when next_deadline() has come.
//
// The server is a stranger: what it sends is bounded and checked, what it asks for is answered at a bounded rate. A
// call that takes too long is given up and the server told so (notifications/cancelled); progress renews the patience,
// up to `longest_call`. Who lets kMostTimeouts calls pass in a row without any answer is taken for dead: `broken`.
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

struct ServerLimits {
  std::size_t message_bytes = 1024 * 1024;
  std::size_t result_bytes = 8 * 1024;  // of one tool's answer; longer ones are cut
  std::size_t tools = 200;
  std::size_t pages = 32;
  std::size_t open_calls = 8;  // at once with the server; the next ones wait
  std::size_t waiting_calls = 32;
  Milliseconds start_timeout{60'000};  // to initialize: a package runner may have to fetch the program first
  Milliseconds list_timeout{10'000};   // a page; asked for twice
  Milliseconds list_interval{5'000};   // between two lists that the server says have changed
  Milliseconds longest_call{300'000};  // however much progress it tells of
  std::size_t answers = 20;            // to the server's own requests, in each list_interval
};

enum class ServerEvent {
  kUnreadable,     // no JSON object, or too large
  kServerRequest,  // a request or notification that we do not know
  kRequestFlood,   // more requests than are answered
  kUnknownReply,   // to nothing that waits: it may have come too late
  kListChanged,
  kListTruncated,  // more pages or tools than ServerLimits, or a cursor that comes round again
  kListFailed,     // a list that was to replace another
  kToolLeftOut,    // without a usable name, listed twice, or for users only
  kCall,
  kCallTimedOut,
  kCallsOverflow,
  kCount
};
inline constexpr std::array<std::string_view, 11> kServerEventNames = {
    "mcp_server_unreadable",     "mcp_server_request",       "mcp_server_request_flood",
    "mcp_server_unknown_reply",  "mcp_server_list_changed",  "mcp_server_list_truncated",
    "mcp_server_list_failed",    "mcp_server_tool_left_out", "mcp_server_call",
    "mcp_server_call_timed_out", "mcp_server_calls_overflow"};

enum class ServerTicket : std::uint64_t {};

struct ServerAnswer {
  ServerTicket ticket{};
  Result<std::string> text;
};

struct ServerMessage {
  std::string text;
  std::int64_t request = 0;  // 0: no reply will come
  bool barrier = false;      // whatever is sent next waits until this one has arrived
  bool initialize = false;   // a session begins with it
};

struct ServerOutput {
  std::vector<ServerMessage> messages;
  std::vector<ServerAnswer> answers;
  bool tools_changed = false;
  std::optional<Error> broken;  // nothing good will come of this connection: close it, and lost()
};

class ServerClient {
 public:
  static constexpr std::string_view kVersion = "2025-06-18";  // that we ask for
  static constexpr std::size_t kMostTimeouts = 3;

  explicit ServerClient(ServerLimits limits = {})
      : limits_(limits), list_({.tools = limits.tools, .pages = limits.pages}) {}

  void start(SteadyTime now);  // REQUIRES: kDown, and a way to the server
  // The way to the server broke: what was with it has failed, what waited as well.
  void lost(const std::string& why);
  // The server does not know the session any more, and has not taken in `request`: all begins anew, and the request
  // is sent again, once.
  void session_gone(std::int64_t request, SteadyTime now);
  void on_message(std::string_view text, SteadyTime now);
  void failed(std::int64_t request, const Error& why, SteadyTime now);  // no reply to it will come
  // The answer always comes, by `now + timeout` without progress, and never from inside this call.
  ServerTicket call(const std::string& tool, json::object arguments, Milliseconds timeout, SteadyTime now);
  void cancel(ServerTicket ticket, SteadyTime now);  // no answer will come
  void tick(SteadyTime now);
  ServerOutput take_output();

  std::optional<SteadyTime> next_deadline() const;
  bool ready() const { return stage_ == Stage::kReady; }
  bool waits_for(std::int64_t request) const;
  const std::vector<ToolSpec>& tools() const { return tools_; }  // empty until the first list is complete
  const std::string& version() const { return version_; }        // that the server chose; empty before
  const std::string& server_name() const { return server_name_; }
  const Counters<ServerEvent, kServerEventNames>& counters() const { return counters_; }

 private:
  enum class Stage { kDown, kInitializing, kListing, kReady };
  struct Call {
    ServerTicket ticket{};
    std::string tool;
    json::object arguments;
    Milliseconds timeout{};
    SteadyTime deadline{};
    SteadyTime longest{};
    std::int64_t id = 0;  // 0: not sent
    bool again = false;   // it was sent, and not taken in
  };
  struct ListRequest {
    std::int64_t id = 0;
    std::string cursor;
    int attempt = 1;
    SteadyTime deadline{};
  };

  void send_request(std::int64_t id, std::string_view method, json::object params);
  void notify(std::string_view method, json::object params, bool barrier);
  void initialize(SteadyTime now);
  void on_object(const json::object& message, SteadyTime now);
  void on_reply(std::int64_t id, const json::object& reply, SteadyTime now);
  void on_initialized(const json::object& reply, SteadyTime now);
  void on_server_request(const json::object& request, SteadyTime now);
  void on_progress(const json::object& request, SteadyTime now);
  void begin_list(SteadyTime now);
  void request_page(std::string cursor, int attempt, SteadyTime now);
  void page_failed(SteadyTime now);
  void settle_list(std::vector<ToolSpec> tools);
  void send_calls();
  void tell_cancelled(const Call& call, std::string_view why);
  void answer(const Call& call, Result<std::string> text);
  void break_off(ErrorCode code, std::string why);

  ServerLimits limits_;
  Counters<ServerEvent, kServerEventNames> counters_;
  ServerOutput output_;
  Stage stage_ = Stage::kDown;
  std::int64_t last_id_ = 0;
  std::uint64_t last_ticket_ = 0;
  std::int64_t initialize_id_ = 0;
  SteadyTime initialize_by_{};
  std::string version_;
  std::string server_name_;
  std::optional<ListRequest> listing_;
  ToolListing list_;  // being collected
  bool listed_ = false;
  bool list_changed_ = false;
  SteadyTime list_again_at_{};
  SteadyTime answers_since_{};
  std::size_t answers_ = 0;
  std::size_t timeouts_ = 0;  // since the latest message
  std::vector<ToolSpec> tools_;
  std::deque<Call> calls_;  // those sent among those that wait
};

}  // namespace earshot::worker
