#include "gateway/api/audit_log.h"

#include <utility>

namespace earshot::gateway::api {

store::AuditEntry AuditLog::entry(std::string_view who, std::string_view action, std::string_view target,
                                  const json::object& detail, std::string_view peer) const {
  std::string text = json::serialize(detail);
  if (text.size() > kMaxDetailBytes) text = R"({"cut":true})";
  return {.id = 0,
          .at = std::chrono::time_point_cast<Milliseconds>(clock_.wall()),
          .who = std::string(who),
          .action = std::string(action),
          .target = json::clean_text(target, kMaxTargetBytes),
          .detail = std::move(text),
          .peer = std::string(peer)};
}

void AuditLog::add(std::string_view who, std::string_view action, std::string_view target,
                   const json::object& detail, std::string_view peer) {
  store_.write(
      [entry = entry(who, action, target, detail, peer)](store::Store& store) { store.audit().add(entry); });
}

}  // namespace earshot::gateway::api
