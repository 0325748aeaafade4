#include "gateway/doors/calls/caller_gate.h"

namespace earshot::gateway {

CallerGate::Verdict CallerGate::admit(const http::Request& request, std::string_view key) {
  if (key.empty() && !require_key_) return {.caller = "anybody"};
  if (is_slowed(request)) return {.status = 429};
  http::Request shown;
  shown.method = "GET";
  shown.peer = request.peer;
  shown.from_this_host = request.from_this_host;
  shown.headers.add("Authorization", std::string(kBearerPrefix) + std::string(key));
  if (auto caller = key.empty() ? std::nullopt : identify_(shown)) return {.caller = std::move(*caller)};
  // Clients of others' services always show some key.
  if (!require_key_) return {.caller = "anybody"};
  (void)wrong_keys_.take(request.peer, clock_.now());
  return {.status = 401};
}

}  // namespace earshot::gateway
