// The body of /activate: whatever comes, what is read of it is bounded, and reading it again gives the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gateway/doors/ota/ota_request.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace earshot::gateway;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const ActivateRequest read = read_activate_body(body);
  if (read.algorithm.size() > 32 || read.serial.size() > 64) std::abort();
  if (read.challenge.size() > 256 || read.hmac.size() > 256) std::abort();
  if (read_activate_body(body).hmac != read.hmac) std::abort();
  return 0;
}
