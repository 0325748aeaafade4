// Every known device, in memory: what the API lists and searches, what admission and commands ask. Changes
// are written behind to the store.
//
// Runs on: the gateway's main executor.
// Owns: the records and who is online.
// Borrows: store and hub.
// Lifecycle: made -> load() (all devices) -> used -> flush(). A change is visible at once and told to the
// observer, which hands the facts on to the shards before any answer that lets the device in has left.
// Bounded: kMaxDevices, kMaxStrangers, and each text of a record (a longer one is cut, bad UTF-8 replaced).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "common/auth/device_credentials.h"
#include "common/base/clock.h"
#include "gateway/devices/device_index.h"
#include "gateway/events/event_hub.h"
#include "gateway/store/records.h"
#include "gateway/store/store_proxy.h"

namespace earshot::gateway {

class DeviceDirectory {
 public:
  static constexpr std::size_t kMaxDevices = 200'000;
  static constexpr std::size_t kMaxStrangers = 10'000;
  // Of one device: the one in use, and that with the credentials of its next boot.
  static constexpr std::size_t kMaxConnections = 2;
  using Observer = std::function<void(const DeviceEntry&)>;  // after each change of a record

  DeviceDirectory(store::StoreProxy& store, EventHub& hub, const Clock& clock);

  void load(std::vector<store::Device> all);
  void observe(Observer changed, std::function<void(const DeviceId&)> removed = {}) {
    observer_ = std::move(changed);
    removed_ = std::move(removed);
  }

  const DeviceEntry* find(const DeviceId& id) const;  // valid until it is removed
  DevicePage search(const DeviceQuery& query) const { return index_.search(query); }
  std::vector<DeviceId> with_tag(std::string_view tag) const { return index_.with_tag(tag); }
  std::size_t size() const { return entries_.size(); }
  std::size_t online() const { return online_; }

  // New or changed; written behind. Publishes a `device` event. When nothing but last_seen and last_peer
  // changed it is as seen().
  // RETURNS: false when it is a new one and there are kMaxDevices (nothing is done).
  bool put(store::Device device);
  // RETURNS: whether it was there. Its presence stays true, for when it is put again.
  bool remove(const DeviceId& id);
  // It was heard of just now. `peer` (its address) may be empty: not known. Without event and observer;
  // written at the next flush().
  void seen(const DeviceId& id, std::string_view peer);
  // Writes what seen() has collected. Called every few seconds and before the store is stopped.
  void flush();

  // Publishes `online` and `offline` when that changes. A device that connects under a second client id
  // (rotated credentials) is online until both are gone; the later one is where it is reached. Of a device
  // without a record the presence is kept until it gets one.
  // RETURNS: the client id of the connection there is no room for, the device's oldest or a stranger's: it is
  // to be thrown out.
  std::optional<std::string> set_online(const auth::ClientId& client, bool online);
  // The broker is about to tell anew who is online; then: whoever it has not told of since is offline.
  void expect_presence();
  void forget_unexpected();
  // Publishes `session`. Empty: it is over. A device without a record is left out.
  void set_session(const DeviceId& id, std::string session, std::string worker);
  void set_speak_request(const DeviceId& id, bool announced);

 private:
  void write(const store::Device& device);
  void come_online(DeviceEntry& entry);
  void go_offline(DeviceEntry& entry);
  void connections_changed(const DeviceId& id);

  store::StoreProxy& store_;
  EventHub& hub_;
  const Clock& clock_;
  Observer observer_;
  std::function<void(const DeviceId&)> removed_;
  std::unordered_map<DeviceId, DeviceEntry> entries_;
  DeviceIndex index_;
  struct Connection {
    std::string client_id;
    std::uint64_t told = 0;  // presence_round_ when it was
  };
  // Those of a device, the latest last. Of strangers too.
  std::unordered_map<DeviceId, std::vector<Connection>> connections_;
  std::uint64_t presence_round_ = 0;
  std::unordered_set<DeviceId> seen_;  // to be written
  std::size_t strangers_ = 0;          // of connections_
  std::size_t online_ = 0;
};

}  // namespace earshot::gateway
