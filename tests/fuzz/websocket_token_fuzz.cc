// Tokens come from anybody who reaches the HTTP port.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/auth/websocket_token.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace earshot;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Secret key("a key of this gateway, thirty-two bytes");
  const std::chrono::sys_seconds now{std::chrono::seconds(1'700'000'000)};
  // Nobody guesses an HMAC.
  if (auth::read_websocket_token(key, text, now)) std::abort();
  if (auth::is_established_token(key, text, text, text, now, std::chrono::days(30))) std::abort();
  if (auth::bearer_token(text).size() > text.size()) std::abort();
  return 0;
}
