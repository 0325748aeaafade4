#include "common/http/unwanted_upgrades.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "common/log/log.h"

namespace earshot::http {

namespace {

// What a stranger wrote, as a log line takes it.
std::string printable(std::string_view text) {
  constexpr std::size_t kMostShown = 100;
  std::string shown(text.substr(0, kMostShown));
  std::ranges::replace_if(
      shown, [](char c) { return c <= ' ' || c > '~'; }, '?');
  return shown;
}

}  // namespace

void UnwantedUpgrades::note(const Request& request, SteadyTime now) {
  const auto verdict = limiter_.ask(now);
  if (!verdict.log) return;
  log::logger("http").warn("websocket refused: not offered path={} peer={} suppressed={}",
                           printable(request.path), request.peer, verdict.suppressed);
}

}  // namespace earshot::http
