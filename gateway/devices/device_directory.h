// Every known device, in memory: what the API lists and searches, what admission and commands ask. Changes
// are written behind to the store.
//
// Runs on: the gateway's main executor. Owns: the records and who is online. Borrows: store and hub.
// Lifecycle: made -> load() (all devices) -> used. A change is visible at once and told to the observer,
// which hands the facts on to the shards before any answer that lets the device in has left.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/auth/device_credentials.h"
#include "common/base/clock.h"
#include "gateway/events/event_hub.h"
#include "gateway/store/records.h"
#include "gateway/store/store_proxy.h"

namespace earshot::gateway {

// What is true now and forgotten at a restart.
struct DevicePresence {
  bool online = false;    // connected to the broker, and admitted
  std::string client_id;  // where to push to; empty when offline
  std::int64_t online_since_ms = 0;
  std::string session;  // empty: no conversation now
  std::string worker;
  bool speak_request = false;  // announced in its last hello: it can be made to speak while idle
};

struct DeviceEntry {
  store::Device record;
  DevicePresence presence;
};

struct DeviceQuery {
  std::string text;  // in id, name, board, firmware, agent or a tag; any case
  std::string tag;
  std::string owner;  // empty: anybody's
  std::optional<bool> online;
  std::optional<bool> bound;
  std::size_t limit = 50;
  std::string after;  // the last id of the page before; empty: from the first
};
struct DevicePage {
  std::vector<const DeviceEntry*> items;  // by id; valid until the next change
  std::string next;
  std::size_t total = 0;  // that match, on all pages
};

class DeviceDirectory {
 public:
  using Observer = std::function<void(const DeviceEntry&)>;  // after each change of a record

  DeviceDirectory(store::StoreProxy& store, EventHub& hub, const Clock& clock);

  void load(std::vector<store::Device> all);
  void observe(Observer observer) { observer_ = std::move(observer); }

  const DeviceEntry* find(const DeviceId& id) const;
  DevicePage search(const DeviceQuery& query) const;
  std::vector<DeviceId> with_tag(std::string_view tag) const;
  std::size_t size() const { return entries_.size(); }
  std::size_t online() const { return online_; }

  // New or changed; written behind. Publishes a `device` event.
  void put(store::Device device);
  bool remove(const DeviceId& id);

  void set_online(const auth::ClientId& client, bool online);
  void set_session(const DeviceId& id, std::string session, std::string worker);  // empty: it is over
  void set_speak_request(const DeviceId& id, bool announced);

 private:
  store::StoreProxy& store_;
  EventHub& hub_;
  const Clock& clock_;
  Observer observer_;
  std::unordered_map<DeviceId, DeviceEntry> entries_;
  std::size_t online_ = 0;
};

}  // namespace earshot::gateway
