// What /healthz, /readyz and /livez answer: is this gateway able to serve, and what has it counted? Pure.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/http/http_message.h"

namespace earshot::gateway {

struct Health {
  bool broker_connected = false;
  std::uint32_t shards = 0;
  std::uint32_t workers = 0;  // the fewest linked to any shard: a shard without workers cannot serve
  std::uint32_t sessions = 0;
  bool store_away = false;  // conversations go on; what somebody wants changed is refused
  // "datagram_duplicate" and the like; zeroes left out.
  std::vector<std::pair<std::string, std::uint64_t>> counters;
};

// 200 {"status":"ready",...} when the broker answers and each shard has a worker,
// else 503 {"status":"starting",...}. While the database is away the status is "degraded", with 200 all the same:
// it is away from all gateways, and none of them can be served by another.
http::Response health_answer(const Health& health);
// The same verdict in a line, for probes: what was counted stays here.
http::Response ready_answer(const Health& health);
// 200: the process and all its shards answer. Whether they can serve is another question: a gateway that waits for
// its workers must not be started anew for it.
http::Response live_answer(const Health& health);

}  // namespace earshot::gateway
