// A wire that writes down what a device is told, and may refuse to take it.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/json/json.h"
#include "gateway/live/device/line_wire.h"

namespace earshot::gateway {

class RecordingWire final : public LineWire {
 public:
  explicit RecordingWire(auth::ClientId client) : client_(std::move(client)) {}
  const auth::ClientId& client() const override { return client_; }
  Status send(std::string_view json) override {
    if (!takes) return Error{ErrorCode::kUnavailable, "the broker cannot be reached"};
    sent.emplace_back(json);
    return kDone;
  }
  std::unique_ptr<DeviceLeg> make_leg(const SessionIdentity&, const DeviceHello&, SteadyTime) override {
    return nullptr;
  }
  void carries(Session&) override {}
  void hang_up(std::string_view) override { hung_up = true; }

  // The JSON-RPC of the last MCP message.
  json::object last_mcp() const {
    return *json::find_object(*json::parse_object(sent.back(), 64 * 1024), "payload");
  }
  std::int64_t last_id() const { return *json::find_int(last_mcp(), "id"); }

  std::vector<std::string> sent;
  bool takes = true;
  bool hung_up = false;

 private:
  auth::ClientId client_;
};

}  // namespace earshot::gateway
