#include "gateway/control/devices/record_merge.h"

#include <utility>

namespace earshot::gateway {

store::Device merged(const store::Device& base, const store::Device& mine, store::Device theirs) {
  const auto take = [&](auto member) {
    if (mine.*member != base.*member) theirs.*member = mine.*member;
  };
  take(&store::Device::client_uuid);
  take(&store::Device::board);
  take(&store::Device::firmware);
  take(&store::Device::language);
  take(&store::Device::serial);
  take(&store::Device::name);
  take(&store::Device::tags);
  take(&store::Device::agent);
  take(&store::Device::owner);
  take(&store::Device::bound);
  take(&store::Device::blocked);
  take(&store::Device::auto_update);
  take(&store::Device::transport);
  take(&store::Device::credential_minimum);
  take(&store::Device::credential_issued);
  take(&store::Device::first_seen);
  take(&store::Device::last_seen);
  take(&store::Device::last_peer);
  return theirs;
}

std::optional<store::Device> write_merged(store::Store& store, const std::optional<store::Device>& base,
                                          const store::Device& mine) {
  const std::optional<store::Device> stored = store.devices().find(mine.id);
  if (!stored && base) return std::nullopt;
  store::Device device = mine;
  if (stored) {
    // Both have met it for the first time: what only one of them knows stays.
    store::Device blank;
    blank.id = mine.id;
    device = merged(base.value_or(blank), mine, *stored);
  }
  store.devices().put(device);
  return device;
}

}  // namespace earshot::gateway
