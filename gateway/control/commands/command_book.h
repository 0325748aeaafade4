// All unfinished commands: the state machine of commands. Pure: what happened and when go in, receipts and orders
// to devices come out.
//
//   queued ──▶ sent ──▶ answered | failed    one command of a device is on the line at a time, in the order
//      └──▶ expired | cancelled | failed     given: the firmware runs tools in its main loop (8.2)
//
// Before a tool call the device's tools are asked for, so that user-only tools run only by permission and wrong
// arguments are told in plain words. The device's line knows them (device_line.h); it asks the device once a
// connection.
//
// Runs on: its owner's thread.
// Owns: the unfinished commands; a finished one is the store's.
// Use: after each call take_steps(), in order; tick() when next_deadline() has come.
// Nothing is sent twice: QoS 0 may lose a message, and only the giver knows whether doing it again is safe.
// Bounded: CommandLimits; a reservation is made before the command is written down.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/base/counters.h"
#include "common/base/ids.h"
#include "gateway/control/commands/command_request.h"
#include "gateway/control/commands/say_port.h"
#include "gateway/store/records.h"
#include "gateway/xiaozhi/device_order.h"

namespace earshot::commands {

struct CommandLimits {
  std::size_t per_device = 64;
  std::size_t overall = 50'000;
  Milliseconds list_timeout{25'000};  // the whole list; a page that is lost is asked for again after 10 s
};

// The same moment on both clocks: one for deadlines, one for receipts.
struct Moment {
  SteadyTime steady;
  store::WallTime wall;
};

enum class BookEvent {
  kReplyLate,           // to a command that is over
  kReplyWithoutResult,  // the device refused, or its answer cannot be used
  kAnsweredByReconnect,
  kToolsRefused,  // the device's list cannot be used
  kCount
};
inline constexpr std::array<std::string_view, static_cast<std::size_t>(BookEvent::kCount)> kBookEventNames{
    "command_reply_late", "command_reply_without_result", "command_answered_by_reconnect",
    "command_tools_refused"};
using BookCounters = Counters<BookEvent, kBookEventNames>;

enum class CommandSerial : std::uint64_t {};

// What the owner does next. Receipt first; the order leaves when the receipt is on disk.
struct BookStep {
  struct Order {  // what comes of it is told by outcome()
    CommandSerial command{};
    std::uint64_t question = 0;
    DeviceId device;
    gateway::DeviceOrder order;
  };
  struct Say {
    CommandSerial command{};
    DeviceId device;
    std::string text;
  };
  struct Tools {
    DeviceId device;
    std::string json;  // gateway::KnownTools::text
  };
  std::optional<store::Command> receipt;  // it changed
  std::optional<Order> order = {};
  std::optional<Say> say = {};
  std::optional<Tools> tools = {};  // news for the store
};

class CommandBook {
 public:
  explicit CommandBook(CommandLimits limits) : limits_(limits) {}

  // Room for one command, before it is written down.
  // RETURNS: false: too many wait.
  bool reserve(const DeviceId& device);
  void release(const DeviceId& device);
  // A command that is queued in the store.
  // REQUIRES: a reservation, used up by this.
  void give(store::Command command, const Moment& now);
  // After a restart: the unfinished ones, oldest first. Those that were sent have failed: whether the device
  // did them cannot be known.
  void restore(std::vector<store::Command> unfinished, const Moment& now);

  enum class Cancel { kDone, kUnknown, kTooLate };  // kTooLate: the device has it already
  Cancel cancel(std::string_view by, std::string_view id, const Moment& now);

  // A connection of the device began; also when it was online before (it took its old one over).
  void online(const DeviceId& device, const Moment& now);
  void offline(const DeviceId& device, const Moment& now);
  // The link to the broker is gone, and with it what was known of who is online.
  void presence_unknown(const Moment& now);
  // Its record is gone, with the tools that it told of: they are told again to whoever comes back.
  void forget(const DeviceId& device) { stored_.erase(device); }

  // What came of the order of a BookStep. One that is stale is counted.
  void outcome(CommandSerial command, std::uint64_t question, const gateway::OrderOutcome& outcome,
               const Moment& now);
  // `how` it was said.
  // Errors: nothing could be said.
  void said(CommandSerial command, const Result<Said>& said, const Moment& now);

  void tick(const Moment& now);
  std::optional<SteadyTime> next_deadline() const;
  std::vector<BookStep> take_steps() { return std::exchange(steps_, {}); }

  bool is_online(const DeviceId& device) const { return online_.contains(device); }
  // Whether its end is still open: an order that waited for its receipt may come too late.
  bool is_running(CommandSerial command) const { return entries_.contains(command); }
  std::size_t unfinished() const { return entries_.size(); }
  const BookCounters& counters() const { return counters_; }

 private:
  enum class Phase { kWaiting, kListing, kRunning };
  struct Entry {
    store::Command record;
    CommandKind kind = CommandKind::kTool;
    json::object arguments;
    Phase phase = Phase::kWaiting;
    SteadyTime expires;          // of the waiting
    SteadyTime deadline;         // the next one, as in deadlines_
    std::uint64_t question = 0;  // the open one; 0: none
    bool device_left = false;    // since it was sent
  };
  struct Lane {
    std::deque<CommandSerial> waiting;
    std::optional<CommandSerial> on_line;
    std::size_t reserved = 0;
  };

  void add(store::Command command, const Moment& now);
  void advance(const DeviceId& device, const Moment& now);
  void start(CommandSerial serial, Entry& entry, const Moment& now);
  // Behind the last step: its order.
  void add_order(CommandSerial serial, Entry& entry, gateway::DeviceOrder order);
  void order_failed(CommandSerial serial, const Entry& entry, const Error& why, const Moment& now);
  void tools_told(CommandSerial serial, Entry& entry, const gateway::ToolsHandle& tools, const Moment& now);
  void call_tool(CommandSerial serial, Entry& entry, const gateway::ToolList& tools, const Moment& now);
  void call_answered(CommandSerial serial, Entry& entry, const json::object& result, const Moment& now);
  void put_back(CommandSerial serial, Entry& entry);
  void mark_sent(Entry& entry, const Moment& now);

  void answer(CommandSerial serial, json::object result, const Moment& now);
  void fail(CommandSerial serial, std::string_view code, std::string message, const Moment& now);
  void finish(CommandSerial serial, store::CommandState state, const Moment& now);

  void set_deadline(CommandSerial serial, Entry& entry, SteadyTime when);
  Entry* running(const DeviceId& device, CommandSerial& serial);

  CommandLimits limits_;
  BookCounters counters_;
  std::uint64_t last_serial_ = 0;
  std::uint64_t last_question_ = 0;
  std::size_t reserved_ = 0;
  std::map<CommandSerial, Entry> entries_;
  std::map<std::pair<std::string, std::string>, CommandSerial, std::less<>> by_key_;  // (by, id)
  std::unordered_map<DeviceId, Lane> lanes_;  // of devices that have commands
  std::unordered_set<DeviceId> online_;
  std::set<std::pair<SteadyTime, CommandSerial>> deadlines_;
  std::unordered_map<DeviceId, std::size_t> stored_;  // a digest of the tools that the store has
  std::vector<BookStep> steps_;
};

}  // namespace earshot::commands
