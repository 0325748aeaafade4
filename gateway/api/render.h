// Records as the API shows them (docs/api.md). Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "common/json/json.h"
#include "gateway/control/devices/admission.h"
#include "gateway/control/devices/device_entry.h"
#include "gateway/store/store.h"

namespace earshot::gateway::api {

inline std::int64_t ms(store::WallTime time) {
  return time.time_since_epoch().count();
}
inline json::value ms(const std::optional<store::WallTime>& time) {
  return time ? json::value(ms(*time)) : json::value(nullptr);
}
json::array texts(const std::vector<std::string>& from);
// Kept JSON text as JSON again; an empty object when it is none.
json::object kept_object(std::string_view text);

json::object to_json(const DeviceEntry& entry, AdmissionMode mode);
json::object to_json(const store::User& user);
json::object to_json(const store::Token& token);         // without its hash
json::object to_json(const store::BrokerOperator& who);  // the same
json::object to_json(const store::Agent& agent);
json::object to_json(const store::Conversation& conversation);
json::object to_json(const store::Turn& turn);
json::object to_json(const store::AuditEntry& entry);
json::object to_json(const store::LatencyBucket& bucket);

// {"items":[...],"next":"..."}
template <class Items>
json::object list_of(const Items& items, std::string_view next = {}) {
  json::array all;
  for (const auto& item : items) all.push_back(to_json(item));
  return {{"items", std::move(all)}, {"next", next}};
}

}  // namespace earshot::gateway::api
