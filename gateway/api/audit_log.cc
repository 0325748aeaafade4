#include "gateway/api/audit_log.h"

#include <utility>

namespace earshot::gateway::api {

void AuditLog::add(std::string_view who, std::string_view action, std::string_view target,
                   const json::object& detail, std::string_view peer) {
  std::string text = json::serialize(detail);
  if (text.size() > kMaxDetailBytes) text = R"({"cut":true})";
  store::AuditEntry entry{.id = 0,
                          .at = std::chrono::time_point_cast<Milliseconds>(clock_.wall()),
                          .who = std::string(who),
                          .action = std::string(action),
                          .target = json::clean_text(target, kMaxTargetBytes),
                          .detail = std::move(text),
                          .peer = std::string(peer)};
  store_.write([entry = std::move(entry)](store::Store& store) { store.audit().add(entry); });
}

}  // namespace earshot::gateway::api
