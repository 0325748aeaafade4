// Every known device, in memory: what the API lists and searches, what admission and commands ask.
//
// Changes come in two kinds. What somebody answers for (change(), remove() with `done`) is written first and
// true after: what the store refuses has never been. The rest, what devices tell of themselves, is true at
// once and written behind; a record that the store refused stays on the list and is written again as a whole,
// so the last word wins.
//
// Where gateways share a database (docs/store.md) another one changes records, too: refresh() is told of it.
// What is written is what changed here, and the rest stays as the other left it (record_merge.h).
//
// Runs on: the gateway's main executor.
// Owns: the records and who is online.
// Borrows: store and hub.
// Lifecycle: made -> load() (all devices) -> used -> flush(). A change is told to the observer, which hands
// the facts on to the shards before any answer that lets the device in has left.
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

#include "common/asio/asio.h"
#include "common/auth/device_credentials.h"
#include "common/base/clock.h"
#include "common/base/result.h"
#include "gateway/control/devices/device_index.h"
#include "gateway/control/events/event_hub.h"
#include "gateway/store/change_line.h"
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
  // Makes the change, or says why not. Called before it is written and again when it is: what the device told
  // meanwhile stays. It must not rest on anything but the record.
  using Change = std::function<Status(store::Device&)>;
  using Finished = std::function<void(Status)>;
  enum class Absent { kRefuse, kMake };

  DeviceDirectory(Executor executor, store::StoreProxy& store, EventHub& hub, const Clock& clock);

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
  // Written first, together with `audit`; `done` when it is on disk and true, or was refused by the store or
  // by `change`, and then nothing has changed. Changes of one device are made one after the other.
  // Errors: kNotFound (with kRefuse), kUnavailable (kMaxDevices, the disk), what `change` says.
  void change(const DeviceId& id, Absent absent, Change change, std::optional<store::AuditEntry> audit,
              Finished done);
  void remove(const DeviceId& id, std::optional<store::AuditEntry> audit, Finished done);
  // Written behind.
  // RETURNS: whether it was there. Its presence stays true, for when it is put again.
  bool remove(const DeviceId& id);
  // It was heard of just now. `peer` (its address) may be empty: not known. Without event and observer;
  // written at the next flush().
  void seen(const DeviceId& id, std::string_view peer);
  // Writes what seen() has collected and what the store has refused. Called every few seconds and before the
  // store is stopped.
  void flush();
  // Another gateway has changed it, or anything: it is read anew.
  void refresh(const DeviceId& id);
  void refresh_all();
  // Records that the store does not have yet, beyond those that are on their way.
  std::size_t unwritten() const { return dirty_.size(); }

  // Publishes `online` and `offline` when that changes. A device that connects under a second client id
  // (rotated credentials) is online until both are gone; the later one is where it is reached. Of a device
  // without a record the presence is kept until it gets one.
  // RETURNS: the connection that there is no room for, the device's oldest or a stranger's: it is to be ended.
  std::optional<auth::ClientId> set_online(const auth::ClientId& client, bool online);
  // All that it has, the latest last; also of a device without a record.
  std::vector<auth::ClientId> connections(const DeviceId& id) const;
  // The broker is about to tell anew who is online; then: whoever it has not told of since is offline.
  void expect_presence();
  void forget_unexpected();
  // Publishes `session`. Empty: it is over. A device without a record is left out.
  void set_session(const DeviceId& id, std::string session, std::string worker);
  void set_speak_request(const DeviceId& id, bool announced);

 private:
  void apply(store::Device device);
  bool forget(const DeviceId& id);
  void write_behind(const DeviceId& id);
  void write_all(std::vector<DeviceId> ids);
  void write_change(const DeviceId& id, Absent absent, const Change& change,
                    std::optional<store::AuditEntry> audit, const Finished& done);
  void changed(const DeviceId& id, const std::optional<store::Device>& from, const store::Device& written);
  void note_base(const DeviceId& id);
  std::optional<store::Device> base_of(const DeviceId& id) const;
  void written_behind(const store::Device& mine, const std::optional<store::Device>& stored);
  void adopt(const DeviceId& id, const std::optional<store::Device>& stored);
  void touch(const DeviceId& id);
  std::uint64_t begin_reading();
  void end_reading();
  void come_online(DeviceEntry& entry);
  void go_offline(DeviceEntry& entry);
  void connections_changed(const DeviceId& id);

  Executor executor_;
  store::StoreProxy& store_;
  EventHub& hub_;
  const Clock& clock_;
  Observer observer_;
  std::function<void(const DeviceId&)> removed_;
  std::unordered_map<DeviceId, DeviceEntry> entries_;
  DeviceIndex index_;
  struct Connection {
    auth::ClientId client;
    std::uint64_t told = 0;  // presence_round_ when it was
  };
  // Those of a device, the latest last. Of strangers too.
  std::unordered_map<DeviceId, std::vector<Connection>> connections_;
  std::uint64_t presence_round_ = 0;
  std::unordered_set<DeviceId> dirty_;  // to be written, or removed: as it is here
  // As the store is known to have them, of records that differ from it; nullopt: it does not have it yet.
  std::unordered_map<DeviceId, std::optional<store::Device>> bases_;
  std::unordered_set<DeviceId> writing_;  // behind: one write of a record at a time
  std::size_t reading_ = 0;               // refreshes under way
  // Written since the first of them began, and when (counted): what was read since before may be older.
  std::unordered_map<DeviceId, std::uint64_t> touched_;
  std::uint64_t touches_ = 0;
  bool stale_ = false;                   // one has failed: all is read at the next flush()
  store::ChangeLine<DeviceId> changes_;  // that somebody answers for
  std::size_t strangers_ = 0;            // of connections_
  std::size_t online_ = 0;
};

}  // namespace earshot::gateway
