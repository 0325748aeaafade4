// A device as the directory holds it: what is kept of it, and what is true of it now.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gateway/store/records.h"

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

// Everything may be left out.
struct DeviceQuery {
  std::string text{};  // in id, name, board, firmware, agent or a tag; any case
  std::string tag{};
  std::string owner{};  // empty: anybody's
  std::optional<bool> online{};
  std::optional<bool> bound{};
  std::size_t limit = 50;
  std::string after{};  // the last id of the page before; empty: from the first
};
struct DevicePage {
  std::vector<const DeviceEntry*> items;  // by id; valid until the next change
  std::string next;
  std::size_t total = 0;  // that match, on all pages
};

}  // namespace earshot::gateway
