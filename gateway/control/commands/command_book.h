// All unfinished commands and the one line to each device: the state machine of commands. Pure: what happened
// and when go in, receipts and messages come out.
//
//   queued ──▶ sent ──▶ answered | failed    one command of a device is on the line at a time, in the order
//      └──▶ expired | cancelled | failed     given: the firmware runs tools in its main loop (8.2)
//
// Before a device's first tool call on a connection its tools are asked for, so that user-only tools run only
// by permission and wrong arguments are told in plain words (tool_catalogue.h).
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
#include "gateway/control/commands/tool_catalogue.h"
#include "gateway/store/records.h"
#include "gateway/xiaozhi/device_reply.h"

namespace earshot::commands {

struct CommandLimits {
  std::size_t per_device = 64;
  std::size_t overall = 50'000;
  Milliseconds list_timeout{10'000};  // a page of tools/list
};

// The same moment on both clocks: one for deadlines, one for receipts.
struct Moment {
  SteadyTime steady;
  store::WallTime wall;
};

enum class BookEvent {
  kReplyUnreadable,     // no JSON-RPC answer at all
  kReplyBroken,         // an answer to a command that is no JSON
  kReplyUnknown,        // to an id that was never given, or long ago
  kReplyLate,           // to a command that is over: a second answer, or one after the deadline
  kReplyWithoutResult,  // the device refused
  kAnsweredByReconnect,
  kToolsAsked,
  kToolsRefused,  // the device's list cannot be used
  kCount
};
inline constexpr std::array<std::string_view, static_cast<std::size_t>(BookEvent::kCount)> kBookEventNames{
    "command_reply_unreadable", "command_reply_broken",         "command_reply_unknown",
    "command_reply_late",       "command_reply_without_result", "command_answered_by_reconnect",
    "command_tools_asked",      "command_tools_refused"};
using BookCounters = Counters<BookEvent, kBookEventNames>;

enum class CommandSerial : std::uint64_t {};

// What the owner does next. Receipt first; the message leaves when the receipt is on disk.
struct BookStep {
  struct Send {
    DeviceId device;
    std::string json;
    std::optional<CommandSerial> command;  // to be told of by left()
  };
  struct Say {
    CommandSerial command{};
    DeviceId device;
    std::string text;
  };
  struct Tools {
    DeviceId device;
    std::string json;  // ToolList::to_json()
  };
  std::optional<store::Command> receipt;  // it changed
  std::optional<Send> send = {};
  std::optional<Say> say = {};
  std::optional<Tools> tools = {};  // news for the store
};

class CommandBook {
 public:
  // `first_id` in [0, 2^31): where the ids begin, so that answers from before a restart fit nothing.
  CommandBook(CommandLimits limits, std::uint32_t first_id);

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

  void reply(const DeviceId& device, std::string_view payload, const Moment& now);
  void broken_reply(const DeviceId& device, std::int64_t id, const Moment& now);
  // The message of a BookStep::Send was handed to the broker, or could not be.
  void left(CommandSerial command, const Status& handed_over, const Moment& now);
  // `how` it was said.
  // Errors: nothing could be said.
  void said(CommandSerial command, const Result<Said>& said, const Moment& now);

  void tick(const Moment& now);
  std::optional<SteadyTime> next_deadline() const;
  std::vector<BookStep> take_steps() { return std::exchange(steps_, {}); }

  bool is_online(const DeviceId& device) const { return online_.contains(device); }
  // Whether its end is still open: a message that waited for its receipt may come too late.
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
    SteadyTime expires;   // of the waiting
    SteadyTime deadline;  // the next one, as in deadlines_
    std::int64_t rpc = 0;
    ToolPages pages;
    bool device_left = false;  // since it was sent
  };
  struct Lane {
    std::deque<CommandSerial> waiting;
    std::optional<CommandSerial> on_line;
    std::size_t reserved = 0;
  };

  void add(store::Command command, const Moment& now);
  void advance(const DeviceId& device, const Moment& now);
  void start(CommandSerial serial, Entry& entry, const Moment& now);
  void ask_for_tools(Entry& entry, std::string_view cursor, const Moment& now);
  void tools_answered(CommandSerial serial, Entry& entry, const json::object& result, const Moment& now);
  void call_tool(CommandSerial serial, Entry& entry, const ToolList& tools, const Moment& now);
  void call_answered(CommandSerial serial, Entry& entry, const json::object& result, const Moment& now);
  void put_back(CommandSerial serial, Entry& entry);
  void lost_or_late(std::int64_t id);
  void mark_sent(Entry& entry, const Moment& now);

  void answer(CommandSerial serial, json::object result, const Moment& now);
  void fail(CommandSerial serial, std::string_view code, std::string message, const Moment& now);
  void finish(CommandSerial serial, store::CommandState state, const Moment& now);

  void set_deadline(CommandSerial serial, Entry& entry, SteadyTime when);
  std::int64_t next_rpc(Entry& entry);
  void end_rpc(Entry& entry);
  Entry* running(const DeviceId& device, CommandSerial& serial);

  CommandLimits limits_;
  BookCounters counters_;
  ToolCatalogue catalogue_;
  std::uint64_t last_serial_ = 0;
  std::uint32_t last_rpc_;
  std::size_t reserved_ = 0;
  std::map<CommandSerial, Entry> entries_;
  std::map<std::pair<std::string, std::string>, CommandSerial, std::less<>> by_key_;  // (by, id)
  std::unordered_map<DeviceId, Lane> lanes_;  // of devices that have commands
  std::unordered_set<DeviceId> online_;
  std::set<std::pair<SteadyTime, CommandSerial>> deadlines_;
  std::deque<std::int64_t> over_;  // the last kRemembered ids that nothing waits for any more
  std::vector<BookStep> steps_;
};

}  // namespace earshot::commands
