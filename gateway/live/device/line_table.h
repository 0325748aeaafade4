// The devices whose connections live on a shard, one each.
//
// Runs on: the shard's thread.
// Owns: the lines.
#pragma once

#include <memory>
#include <unordered_map>
#include <utility>

#include "common/auth/device_credentials.h"
#include "gateway/live/device/line_host.h"

namespace earshot::gateway {

class LineTable {
 public:
  // RETURNS: the one that had the place; nullptr: none.
  std::shared_ptr<ConnectedLine> put(std::shared_ptr<ConnectedLine> line) {
    auto& place = lines_[line->client().device];
    return std::exchange(place, std::move(line));
  }
  // Unless a newer one has its place.
  void remove(const ConnectedLine& line) {
    const auto place = lines_.find(line.client().device);
    if (place != lines_.end() && place->second.get() == &line) lines_.erase(place);
  }
  void clear() { lines_.clear(); }

  // nullptr: not connected.
  ConnectedLine* find(const DeviceId& device) const {
    const auto place = lines_.find(device);
    return place == lines_.end() ? nullptr : place->second.get();
  }
  // nullptr also when another client of the device is.
  ConnectedLine* find(const auth::ClientId& client) const {
    ConnectedLine* const line = find(client.device);
    return line != nullptr && line->client().text == client.text ? line : nullptr;
  }

 private:
  std::unordered_map<DeviceId, std::shared_ptr<ConnectedLine>> lines_;
};

}  // namespace earshot::gateway
