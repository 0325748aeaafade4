// A device that is connected: its wire, its tools (the one McpClient), and its session if it has one.
//
// Runs on: the shard's thread.
// Owns: the MCP client; what stands for MCP on firmware before it (iot_tools.h); the orders of commands until
// they are answered.
// Borrows: what ShardTools holds; the session, between carry() and part().
// Lifecycle: made when the device connects (or speaks before anybody told that it did) -> gone when it is offline
// and nothing needs it: is_needed().
//
// A goodbye that may have been lost with the connection is told again on the next one, or the device would stay in a
// conversation that is over until somebody presses its button.
//
// Tools belong to the connection, not to the session: another session, or another worker, asks the device nothing
// that its line knows; and a command works with or without a session, whatever the wire.
// Bounded: orders as McpLimits bounds what waits for the device.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string_view>

#include "gateway/live/device/line_wire.h"
#include "gateway/live/session/device_tools.h"
#include "gateway/xiaozhi/control_message.h"
#include "gateway/xiaozhi/device_order.h"
#include "gateway/xiaozhi/iot_tools.h"
#include "gateway/xiaozhi/mcp_client.h"

namespace earshot::gateway {

// What the lines of one shard share.
struct ShardTools {
  ToolCatalogue catalogue;
  McpCounters counters;
};

class DeviceLine final : private DeviceTools {
 public:
  // `first_id`: as McpClient's.
  DeviceLine(std::shared_ptr<LineWire> wire, ShardTools& tools, std::uint32_t first_id);
  DeviceLine(const DeviceLine&) = delete;
  DeviceLine& operator=(const DeviceLine&) = delete;

  LineWire& wire() { return *wire_; }
  const auth::ClientId& client() const { return wire_->client(); }
  Session* session() { return session_; }  // nullptr: none now

  // A session of it, made by this hello; until part().
  void carry(Session& session, const DeviceHello& hello);
  void part(SteadyTime now);
  // It may believe to be in this session, which was lost with the gateway before: it is told when it connects.
  void owes_goodbye(const SessionId& session, SteadyTime now) { ended_ = Ended{session, now}; }

  // The device is connected, perhaps anew; or its connection broke.
  void presence(bool online, SteadyTime now);
  // Whether anybody is told when it comes back is not known: the link to the broker broke.
  void presence_unknown() { online_ = false; }

  // From the device: what is about its tools.
  // RETURNS: false: the message is not.
  bool told(const DeviceMessage& message, SteadyTime now);
  // The reply to an MCP request came, and is no JSON or too large.
  void lost_reply(std::int64_t id, McpLoss how, SteadyTime now);
  // It listens: old firmware has told its things then.
  void listens(SteadyTime now);

  // From commands. `done` is called once, perhaps from inside; never, when the line ends before.
  void order(DeviceOrder order, OrderDone done, SteadyTime now);

  void tick(SteadyTime now);
  std::optional<SteadyTime> next_deadline() const;
  bool is_needed() const { return online_ || session_ != nullptr || !orders_.empty() || ended_; }

 private:
  void ask(const json::object& request, SteadyTime now) override;
  void settled(std::int64_t id) override { mcp_.settled(id); }
  void worker_gone(std::int64_t settled, SteadyTime now) override;
  void hear(std::string_view json, SteadyTime now);
  // Does what the client wants done.
  void pump(SteadyTime now);
  void send(const json::object& message, SteadyTime now);
  void tell_worker(const McpAnswer& answer);
  void tell_order(McpAnswer answer);

  std::shared_ptr<LineWire> wire_;
  McpClient mcp_;
  struct Ended {
    SessionId session;
    SteadyTime at;
  };
  void tell_goodbye_again();

  std::unique_ptr<IotTools> things_;  // of a device without MCP
  std::optional<Ended> ended_;        // the last session, while its device may not know that
  bool checks_ids_ = false;           // it obeys a goodbye for the session that it is in, and no other
  Session* session_ = nullptr;
  bool online_ = false;  // as far as anybody told
  std::int64_t last_order_ = 0;
  std::map<std::int64_t, OrderDone> orders_;
};

}  // namespace earshot::gateway
