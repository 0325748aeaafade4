// Who did what: one entry for each write that succeeded and each log-in that failed.
//
// A write that succeeds is told of in its own transaction, so that there is none without the other.
//
// Runs on: the gateway's main executor.
// Borrows: store and clock.
// Bounded: target and detail are cut; how often strangers can cause an entry is limited by the log-in
// throttle. What is put into `detail` must hold no secret.
#pragma once

#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/json/json.h"
#include "gateway/store/store_proxy.h"

namespace earshot::gateway::api {

class AuditLog {
 public:
  static constexpr std::size_t kMaxTargetBytes = 256;
  static constexpr std::size_t kMaxDetailBytes = 2048;

  AuditLog(store::StoreProxy& store, const Clock& clock) : store_(store), clock_(clock) {}

  // What add() would write: for a job that writes it in the same transaction as what it tells of.
  store::AuditEntry entry(std::string_view who, std::string_view action, std::string_view target,
                          const json::object& detail, std::string_view peer) const;
  // For what changes nothing in the store. Written behind.
  void add(std::string_view who, std::string_view action, std::string_view target, const json::object& detail,
           std::string_view peer);

 private:
  store::StoreProxy& store_;
  const Clock& clock_;
};

}  // namespace earshot::gateway::api
