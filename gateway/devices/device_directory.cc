#include "gateway/devices/device_directory.h"

#include <algorithm>
#include <utility>

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

DeviceDirectory::DeviceDirectory(store::StoreProxy& store, EventHub& hub, const Clock& clock)
    : store_(store), hub_(hub), clock_(clock) {}

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
  const bool is_new = found == entries_.end();
  if (is_new && entries_.size() >= kMaxDevices) return false;
  if (!is_new && differ_in_when_seen_only(found->second.record, device)) {
    if (found->second.record == device) return true;
    found->second.record = std::move(device);
    seen_.insert(id);
    return true;
  }
  DeviceEntry& entry = entries_[id];
  entry.record = std::move(device);
  index_.put(entry);
  seen_.erase(id);
  write(entry.record);
  if (observer_) observer_(entry);
  json::object data = told(entry.record);
  if (is_new && connections_.contains(id)) {
    --strangers_;
    come_online(entry);
  }
  hub_.publish("device", id, std::move(data));
  return true;
}

bool DeviceDirectory::remove(const DeviceId& id) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return false;
  if (found->second.presence.online) {
    --online_;
    ++strangers_;
  }
  index_.erase(id);
  entries_.erase(found);
  seen_.erase(id);
  store_.write([id](store::Store& store) { store.devices().remove(id); });
  if (removed_) removed_(id);
  hub_.publish("device", id, {{"removed", true}});
  return true;
}

void DeviceDirectory::seen(const DeviceId& id, std::string_view peer) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  store::Device& record = found->second.record;
  record.last_seen = wall_now(clock_);
  if (!peer.empty()) record.last_peer = json::clean_text(peer, kMaxWord);
  seen_.insert(id);
}

void DeviceDirectory::flush() {
  std::vector<store::Device> changed;
  const auto write_all = [this, &changed] {
    store_.write([changed = std::move(changed)](store::Store& store) {
      for (const store::Device& device : changed) store.devices().put(device);
    });
    changed.clear();
  };
  for (const DeviceId& id : seen_) {
    changed.push_back(entries_.at(id).record);
    if (changed.size() == kWritesInJob) write_all();
  }
  if (!changed.empty()) write_all();
  seen_.clear();
}

std::optional<std::string> DeviceDirectory::set_online(const auth::ClientId& client, bool online) {
  const DeviceId& id = client.device;
  if (!connections_.contains(id)) {
    const bool known = entries_.contains(id);
    if (!online) return std::nullopt;
    if (!known && strangers_ >= kMaxStrangers) return client.text;
    if (!known) ++strangers_;
  }
  auto& connections = connections_[id];
  std::erase_if(connections, [&](const Connection& c) { return c.client_id == client.text; });
  std::optional<std::string> one_too_many;
  if (online) {
    if (connections.size() == kMaxConnections) {
      one_too_many = std::move(connections.front().client_id);
      connections.erase(connections.begin());
    }
    connections.push_back({.client_id = client.text, .told = presence_round_});
  }
  connections_changed(id);
  return one_too_many;
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

void DeviceDirectory::write(const store::Device& device) {
  store_.write([device](store::Store& store) { store.devices().put(device); });
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
  presence.client_id = connections_.at(id).back().client_id;
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
