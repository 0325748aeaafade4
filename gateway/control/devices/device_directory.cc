#include "gateway/control/devices/device_directory.h"

#include <algorithm>
#include <utility>

#include "gateway/control/devices/record_merge.h"

namespace earshot::gateway {

namespace {

constexpr std::size_t kWritesInJob = 500;

// Bytes. A device tells most of these itself, so they are hostile.
constexpr std::size_t kMaxName = 128;
constexpr std::size_t kMaxWord = 64;
constexpr std::size_t kMaxTag = 32;
constexpr std::size_t kMaxTags = 16;

void bound_texts(store::Device& d) {
  const auto cut = [](std::string& text, std::size_t most) { text = json::clean_text(text, most); };
  cut(d.name, kMaxName);
  for (std::string* word :
       {&d.client_uuid, &d.board, &d.firmware, &d.language, &d.serial, &d.agent, &d.owner, &d.last_peer}) {
    cut(*word, kMaxWord);
  }
  for (std::string& tag : d.tags) cut(tag, kMaxTag);
  std::erase_if(d.tags, [](const std::string& tag) { return tag.empty(); });
  std::ranges::sort(d.tags);
  const auto doubles = std::ranges::unique(d.tags);
  d.tags.erase(doubles.begin(), doubles.end());
  if (d.tags.size() > kMaxTags) d.tags.resize(kMaxTags);
}

bool differ_in_when_seen_only(store::Device known, const store::Device& now) {
  known.last_seen = now.last_seen;
  known.last_peer = now.last_peer;
  return known == now;
}

json::object told(const store::Device& d) {
  return {{"name", d.name},   {"board", d.board}, {"firmware", d.firmware}, {"agent", d.agent},
          {"owner", d.owner}, {"bound", d.bound}, {"blocked", d.blocked},   {"auto_update", d.auto_update}};
}

store::WallTime wall_now(const Clock& clock) {
  return std::chrono::time_point_cast<Milliseconds>(clock.wall());
}

}  // namespace

DeviceDirectory::DeviceDirectory(Executor executor, store::StoreProxy& store, EventHub& hub,
                                 const Clock& clock)
    : executor_(std::move(executor)), store_(store), hub_(hub), clock_(clock) {}

void DeviceDirectory::load(std::vector<store::Device> all) {
  std::vector<const DeviceEntry*> added;
  for (store::Device& device : all) {
    const DeviceId id = device.id;
    auto [at, is_new] = entries_.try_emplace(id, DeviceEntry{.record = std::move(device), .presence = {}});
    if (is_new) added.push_back(&at->second);
  }
  index_.rebuild(std::move(added));
}

const DeviceEntry* DeviceDirectory::find(const DeviceId& id) const {
  const auto found = entries_.find(id);
  return found == entries_.end() ? nullptr : &found->second;
}

bool DeviceDirectory::put(store::Device device) {
  bound_texts(device);
  const DeviceId id = device.id;
  const auto found = entries_.find(id);
  if (found == entries_.end() && entries_.size() >= kMaxDevices) return false;
  note_base(id);
  if (found != entries_.end() && differ_in_when_seen_only(found->second.record, device)) {
    if (found->second.record == device) return true;
    found->second.record = std::move(device);
    dirty_.insert(id);
    return true;
  }
  apply(std::move(device));
  write_behind(id);
  return true;
}

void DeviceDirectory::change(const DeviceId& id, Absent absent, Change change,
                             std::optional<store::AuditEntry> audit, Finished done) {
  changes_.enter(id, [this, id, absent, change = std::move(change), audit = std::move(audit),
                      done = std::move(done)] { write_change(id, absent, change, audit, done); });
}

void DeviceDirectory::remove(const DeviceId& id, std::optional<store::AuditEntry> audit, Finished done) {
  changes_.enter(id, [this, id, audit = std::move(audit), done = std::move(done)] {
    if (!entries_.contains(id)) {
      changes_.leave(id);
      return done(Error{ErrorCode::kNotFound, "no such device"});
    }
    store_.write(
        executor_,
        [id, audit](store::Store& store) {
          store.devices().remove(id);
          if (audit) store.audit().add(*audit);
        },
        [this, id, done](const Status& written) {
          // What it told meanwhile goes with it.
          if (written && forget(id)) dirty_.erase(id);
          touch(id);
          changes_.leave(id);
          done(written);
        });
  });
}

bool DeviceDirectory::remove(const DeviceId& id) {
  if (!forget(id)) return false;
  write_behind(id);
  return true;
}

void DeviceDirectory::seen(const DeviceId& id, std::string_view peer) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  note_base(id);
  store::Device& record = found->second.record;
  record.last_seen = wall_now(clock_);
  if (!peer.empty()) record.last_peer = json::clean_text(peer, kMaxWord);
  dirty_.insert(id);
}

void DeviceDirectory::flush() {
  if (std::exchange(stale_, false)) refresh_all();
  std::vector<DeviceId> ids;
  for (const DeviceId& id : std::exchange(dirty_, {})) {
    // Its change is written from what it is in memory then, or has failed: later.
    if (changes_.busy(id) || writing_.contains(id)) {
      dirty_.insert(id);
      continue;
    }
    ids.push_back(id);
    if (ids.size() == kWritesInJob) write_all(std::exchange(ids, {}));
  }
  if (!ids.empty()) write_all(std::move(ids));
}

// In its turn among the changes: the next one begins from what was read.
void DeviceDirectory::refresh(const DeviceId& id) {
  changes_.enter(id, [this, id] {
    store_.read(
        executor_, [id](store::Store& store) { return store.devices().find(id); },
        [this, id, begun = begin_reading()](const Result<std::optional<store::Device>>& read) {
          const auto touched = touched_.find(id);
          const bool older = touched != touched_.end() && touched->second > begun;
          end_reading();
          if (read && !older) adopt(id, *read);
          if (!read) stale_ = true;
          changes_.leave(id);
          if (older) refresh(id);
        });
  });
}

void DeviceDirectory::refresh_all() {
  store_.read(
      executor_, [](store::Store& store) { return store.devices().all(); },
      [this, begun = begin_reading()](const Result<std::vector<store::Device>>& read) {
        std::unordered_set<DeviceId> touched;
        for (const auto& [id, when] : touched_) {
          if (when > begun) touched.insert(id);
        }
        end_reading();
        if (!read) {
          stale_ = true;
          return;
        }
        const auto settle = [&](const DeviceId& id, const std::optional<store::Device>& stored) {
          if (changes_.busy(id) || touched.contains(id)) return refresh(id);
          adopt(id, stored);
        };
        std::unordered_set<DeviceId> there;
        for (const store::Device& device : *read) {
          there.insert(device.id);
          settle(device.id, device);
        }
        std::vector<DeviceId> absent;
        for (const auto& [id, entry] : entries_) {
          if (!there.contains(id)) absent.push_back(id);
        }
        for (const DeviceId& id : absent) settle(id, std::nullopt);
      });
}

std::optional<auth::ClientId> DeviceDirectory::set_online(const auth::ClientId& client, bool online) {
  const DeviceId& id = client.device;
  if (!connections_.contains(id)) {
    const bool known = entries_.contains(id);
    if (!online) return std::nullopt;
    if (!known && strangers_ >= kMaxStrangers) return client;
    if (!known) ++strangers_;
  }
  auto& connections = connections_[id];
  std::erase_if(connections, [&](const Connection& c) { return c.client.text == client.text; });
  std::optional<auth::ClientId> given_up;
  if (online) {
    if (connections.size() == kMaxConnections) {
      given_up = std::move(connections.front().client);
      connections.erase(connections.begin());
    }
    connections.push_back({.client = client, .told = presence_round_});
  }
  connections_changed(id);
  return given_up;
}

std::vector<auth::ClientId> DeviceDirectory::connections(const DeviceId& id) const {
  std::vector<auth::ClientId> all;
  const auto found = connections_.find(id);
  if (found == connections_.end()) return all;
  for (const Connection& connection : found->second) all.push_back(connection.client);
  return all;
}

void DeviceDirectory::expect_presence() {
  ++presence_round_;
}

void DeviceDirectory::forget_unexpected() {
  std::vector<DeviceId> changed;
  for (auto& [id, connections] : connections_) {
    const auto gone =
        std::erase_if(connections, [this](const Connection& c) { return c.told < presence_round_; });
    if (gone > 0) changed.push_back(id);
  }
  for (const DeviceId& id : changed) connections_changed(id);
}

void DeviceDirectory::set_session(const DeviceId& id, std::string session, std::string worker) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  DevicePresence& presence = found->second.presence;
  if (presence.session == session && presence.worker == worker) return;
  const bool active = !session.empty();
  json::object data{{"session", active ? session : presence.session},
                    {"worker", active ? worker : presence.worker},
                    {"active", active}};
  presence.session = std::move(session);
  presence.worker = active ? std::move(worker) : std::string();
  hub_.publish("session", id, std::move(data));
}

void DeviceDirectory::set_speak_request(const DeviceId& id, bool announced) {
  const auto found = entries_.find(id);
  if (found != entries_.end()) found->second.presence.speak_request = announced;
}

void DeviceDirectory::apply(store::Device device) {
  const DeviceId id = device.id;
  const bool is_new = !entries_.contains(id);
  DeviceEntry& entry = entries_[id];
  entry.record = std::move(device);
  index_.put(entry);
  if (observer_) observer_(entry);
  json::object data = told(entry.record);
  if (is_new && connections_.contains(id)) {
    --strangers_;
    come_online(entry);
  }
  hub_.publish("device", id, std::move(data));
}

bool DeviceDirectory::forget(const DeviceId& id) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return false;
  if (found->second.presence.online) {
    --online_;
    ++strangers_;
  }
  index_.erase(id);
  entries_.erase(found);
  bases_.erase(id);
  if (removed_) removed_(id);
  hub_.publish("device", id, {{"removed", true}});
  return true;
}

void DeviceDirectory::write_behind(const DeviceId& id) {
  dirty_.insert(id);
  if (changes_.busy(id) || writing_.contains(id)) return;  // at the next flush()
  dirty_.erase(id);
  write_all({id});
}

// A record, or that there is none: what is true in memory now.
void DeviceDirectory::write_all(std::vector<DeviceId> ids) {
  struct Written {
    store::Device mine;
    std::optional<store::Device> base;
  };
  std::vector<Written> records;
  std::vector<DeviceId> gone;
  for (const DeviceId& id : ids) {
    const auto found = entries_.find(id);
    writing_.insert(id);
    if (found == entries_.end()) {
      gone.push_back(id);
    } else {
      records.push_back({.mine = found->second.record, .base = base_of(id)});
    }
  }
  using Stored = std::vector<std::optional<store::Device>>;
  auto kept = records;  // of the two jobs below either may be made first
  store_.write(
      executor_,
      [records = std::move(records), gone = std::move(gone)](store::Store& store) {
        Stored stored;
        for (const Written& record : records) stored.push_back(write_merged(store, record.base, record.mine));
        for (const DeviceId& id : gone) store.devices().remove(id);
        return stored;
      },
      [this, ids = std::move(ids), kept = std::move(kept)](const Result<Stored>& stored) {
        for (const DeviceId& id : ids) writing_.erase(id);
        for (const DeviceId& id : ids) touch(id);
        if (!stored) return dirty_.insert(ids.begin(), ids.end());
        for (std::size_t i = 0; i < kept.size(); ++i) written_behind(kept[i].mine, (*stored)[i]);
        for (const DeviceId& id : ids) {
          if (dirty_.contains(id)) write_behind(id);  // what came while it was written
        }
      });
}

// What it told while it was written stays, and is written next.
void DeviceDirectory::written_behind(const store::Device& mine, const std::optional<store::Device>& stored) {
  const DeviceEntry* known = find(mine.id);
  if (known == nullptr) return;
  if (!stored) {  // removed elsewhere
    dirty_.erase(mine.id);
    forget(mine.id);
    return;
  }
  store::Device device = merged(mine, known->record, *stored);
  if (device == *stored) {
    bases_.erase(mine.id);
  } else {
    bases_[mine.id] = *stored;
  }
  if (!(device == known->record)) apply(std::move(device));
}

void DeviceDirectory::write_change(const DeviceId& id, Absent absent, const Change& change,
                                   std::optional<store::AuditEntry> audit, const Finished& done) {
  const auto refuse = [&](const Error& why) {
    changes_.leave(id);
    done(why);
  };
  const DeviceEntry* known = find(id);
  if (known == nullptr && absent == Absent::kRefuse) {
    return refuse(Error{ErrorCode::kNotFound, "no such device"});
  }
  if (known == nullptr && entries_.size() >= kMaxDevices) {
    return refuse(Error{ErrorCode::kUnavailable, "the directory holds as many devices as it can"});
  }
  store::Device device;
  if (known != nullptr) {
    device = known->record;
  } else {
    device.id = id;
    device.first_seen = device.last_seen = wall_now(clock_);
  }
  if (const Status good = change(device); !good) return refuse(good.error());
  bound_texts(device);
  const std::optional<store::Device> from = known == nullptr ? std::nullopt : std::optional(known->record);
  store_.write(
      executor_,
      [device, base = known == nullptr ? std::nullopt : base_of(id),
       audit = std::move(audit)](store::Store& store) {
        const auto stored = write_merged(store, base, device);
        if (!stored) throw store::StoreError(ErrorCode::kNotFound, "no such device");
        if (audit) store.audit().add(*audit);
        return *stored;
      },
      [this, id, from, done](const Result<store::Device>& stored) {
        touch(id);
        if (stored) changed(id, from, *stored);
        changes_.leave(id);
        done(stored ? Status(kDone) : Status(stored.error()));
      });
}

// What the device told while its change was on its way stays, and is written behind.
// Where both say something of the same, the change does.
void DeviceDirectory::changed(const DeviceId& id, const std::optional<store::Device>& from,
                              const store::Device& written) {
  const DeviceEntry* known = find(id);
  store::Device device = written;
  if (known != nullptr && from) device = merged(*from, written, known->record);
  if (device == written) {
    bases_.erase(id);
  } else {
    bases_[id] = written;
    dirty_.insert(id);
  }
  apply(std::move(device));
}

// Before the record changes here: as the store has it.
void DeviceDirectory::note_base(const DeviceId& id) {
  const auto found = entries_.find(id);
  bases_.try_emplace(id, found == entries_.end() ? std::nullopt : std::optional(found->second.record));
}

std::optional<store::Device> DeviceDirectory::base_of(const DeviceId& id) const {
  const auto base = bases_.find(id);
  return base == bases_.end() ? std::optional(entries_.at(id).record) : base->second;
}

// `stored`: as it was read. What changed here and is not written yet stays.
void DeviceDirectory::adopt(const DeviceId& id, const std::optional<store::Device>& stored) {
  if (writing_.contains(id)) return;  // the write reads it, too
  const DeviceEntry* known = find(id);
  const auto base = bases_.find(id);
  if (!stored) {
    const bool new_here = base != bases_.end() && !base->second;
    if (known == nullptr || new_here) return;
    dirty_.erase(id);
    forget(id);
    return;
  }
  if (known == nullptr) {
    // One that was removed here and is still to be removed there.
    if (!dirty_.contains(id) && entries_.size() < kMaxDevices) apply(*stored);
    return;
  }
  store::Device device = *stored;
  if (base != bases_.end() && base->second) {
    device = merged(*base->second, known->record, *stored);
    base->second = *stored;
  }
  if (!(device == known->record)) apply(std::move(device));
}

void DeviceDirectory::touch(const DeviceId& id) {
  if (reading_ > 0) touched_[id] = ++touches_;
}

// RETURNS: its moment: what is touched later has a higher one.
std::uint64_t DeviceDirectory::begin_reading() {
  ++reading_;
  return touches_;
}

void DeviceDirectory::end_reading() {
  if (--reading_ == 0) touched_.clear();
}

void DeviceDirectory::connections_changed(const DeviceId& id) {
  const auto connections = connections_.find(id);
  const bool online = connections != connections_.end() && !connections->second.empty();
  const auto entry = entries_.find(id);
  if (connections != connections_.end() && !online) {
    connections_.erase(connections);
    if (entry == entries_.end()) --strangers_;
  }
  if (entry == entries_.end()) return;
  if (online) {
    come_online(entry->second);
  } else if (entry->second.presence.online) {
    go_offline(entry->second);
  }
}

// Also when it has come to another client id.
void DeviceDirectory::come_online(DeviceEntry& entry) {
  const DeviceId id = entry.record.id;
  DevicePresence& presence = entry.presence;
  presence.client_id = connections_.at(id).back().client.text;
  if (presence.online) return;
  presence.online = true;
  presence.online_since_ms = wall_now(clock_).time_since_epoch().count();
  ++online_;
  seen(id, {});
  hub_.publish("online", id, {{"name", entry.record.name}});
}

// Its session, if it has one, ends by itself: the shard tells.
void DeviceDirectory::go_offline(DeviceEntry& entry) {
  const DeviceId id = entry.record.id;
  entry.presence.online = false;
  entry.presence.client_id.clear();
  entry.presence.online_since_ms = 0;
  --online_;
  seen(id, {});
  hub_.publish("offline", id, {{"name", entry.record.name}});
}

}  // namespace earshot::gateway
