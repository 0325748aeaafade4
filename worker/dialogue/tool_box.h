// Runs the tools of one session: the device's over MCP, the built-in ones here, those outside by their source.
//
// Runs on: the conversation's executor.
// Owns: the MCP client, the registry, results that came late, and the device's notebook while the session lasts.
// Borrows: the built-in tools, the source of those outside, the clock, the limits. `send` carries JSON-RPC texts to
// the device. Answers come from inside on_message(), tick() or poll(), or from the source, never from inside run().
// Bounded: kMaxOutsideCalls at once, those that are late among them.
#pragma once

#include <cstdint>
#include <ctime>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "worker/mcp/mcp_client.h"
#include "worker/mcp/tool_registry.h"
#include "worker/tools/builtin_tools.h"
#include "worker/tools/notebook.h"
#include "worker/tools/tool_source.h"

namespace earshot::worker {

struct ToolLimits {
  // A tool of the device or outside that takes longer does not hold up the turn: its result is told when it comes.
  Milliseconds late_after{10'000};
  // 5 minutes, as on the official cloud since tools may run long (peers 2.1, no. 22).
  Milliseconds timeout{300'000};
  std::map<std::string, Milliseconds> timeouts;  // of single tools
  McpLimits mcp;
  bool callers_own = false;  // the device's tools are a caller's functions: `allowed` says nothing about them
};

struct ToolOutcome {
  Result<std::string> text;
  bool end_session = false;
  bool speak = false;  // the text is for the user as it is (tool_source.h)
};

// A tool of an earlier turn, which was told that the result would come later.
struct LateResult {
  ToolCall call;
  Result<std::string> text;
};

class ToolBox {
 public:
  static constexpr std::size_t kMaxLateResults = 8;  // the oldest goes first

  // Of all that a conversation may have outside: a model in a circle does not keep a server from the others.
  static constexpr std::size_t kMaxOutsideCalls = 8;

  using OnAnswers = std::function<void(std::vector<ToolOutcome>)>;

  // `allowed`: as ToolRegistry takes it. `keep`: takes the notebook whenever a tool has changed it; none: nobody
  // keeps one, and the tools that need it are not there. So it is with `facts`, which outlive this, and `outside`.
  ToolBox(const ToolLimits& limits, std::vector<std::string> allowed, const BuiltinTools& builtin,
          const Clock& clock, std::function<void(const std::string& payload)> send,
          std::function<void(Notebook&)> keep = nullptr, FactBook* facts = nullptr,
          ToolSource* outside = nullptr);

  void start(bool device_has_tools, SteadyTime now);
  void go_on(KnownTools known);  // before start(): the device has listed its tools to another worker
  void on_message(std::string_view payload, SteadyTime now);
  // As McpClient's.
  void on_lost_reply(std::int64_t id, McpClient::Loss how, SteadyTime now);
  void set_online(bool online, SteadyTime now);
  void tick(SteadyTime now);

  // All calls begin at once, as far as the device allows. A call with unusable arguments is answered with an
  // error that says so, whatever it names: the model puts it right. `on_answers` comes once, with an outcome for each
  // in the order of the calls, when the last one has answered, failed or become late.
  // REQUIRES: !running(), at least one call.
  void run(std::vector<ToolCall> calls, SteadyTime now, OnAnswers on_answers);
  void poll();
  void cancel();  // no answers will come; late results still do
  bool running() const { return static_cast<bool>(on_answers_); }

  const std::deque<LateResult>& late_results() const { return late_results_; }
  bool has_late_result() const { return !late_results_.empty(); }
  LateResult take_late_result();               // REQUIRES: has_late_result()
  void return_late_result(LateResult result);  // nobody heard of it: it is the next again

  Notebook& notebook() { return notebook_; }

  // What the device can do is known, or was waited for once: a device that never lists its tools delays its
  // first turn only.
  bool list_settled() const { return !device_has_tools_ || waited_for_list_ || mcp_.list_settled(); }
  void wait_no_longer_for_list() { waited_for_list_ = true; }
  std::vector<ToolSpec> tools();  // as they are now
  std::tm local_time() const;     // where the devices are, as the built-in tools see it
  const McpClient& mcp() const { return mcp_; }
  // Of the requests to the device up to this number nobody waits for an answer that he would still use.
  std::int64_t settled_requests() const { return running() ? settled_ : mcp_.last_id(); }

 private:
  struct Slot {
    ToolCall call;
    std::optional<McpTicket> ticket;  // of a device's tool
    std::optional<ToolOutcome> outcome;
    std::uint64_t outside_id = 0;  // of a tool outside, from 1
    std::unique_ptr<OutsideRun> outside;
    SteadyTime late_at{};  // of a tool outside
  };
  struct LateCall {
    ToolCall call;
    std::optional<McpTicket> ticket;
    std::uint64_t outside_id = 0;
    std::unique_ptr<OutsideRun> outside;
  };
  void begin(Slot& slot, SteadyTime now);
  ToolOutcome run_builtin(const ToolCall& call);
  void run_outside(Slot& slot, SteadyTime now);
  std::size_t outside_calls() const;
  void on_outside_answer(std::uint64_t id, OutsideAnswer answer);
  void keep_late_result(LateCall& late, Result<std::string> text);
  void let_late_go(SteadyTime now);
  Slot* slot_of(McpTicket ticket);
  void on_device_answer(McpAnswer answer);
  void collect();

  const ToolLimits& limits_;
  McpClient mcp_;
  ToolRegistry registry_;
  const BuiltinTools& builtin_;
  ToolSource* outside_;
  std::uint64_t last_outside_id_ = 0;
  const Clock& clock_;
  std::function<void(const std::string&)> send_;
  std::function<void(Notebook&)> keep_;
  FactBook* facts_;
  Notebook notebook_;
  bool device_has_tools_ = false;
  bool waited_for_list_ = false;
  OnAnswers on_answers_;
  std::int64_t settled_ = 0;  // when the calls that run began
  std::vector<Slot> slots_;
  std::vector<LateCall> late_calls_;  // bounded by the MCP client, and by kMaxOutsideCalls
  std::deque<LateResult> late_results_;
};

}  // namespace earshot::worker
