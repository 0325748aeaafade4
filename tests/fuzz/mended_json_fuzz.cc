// Any bytes as a device's JSON: what is good keeps its meaning, what is mended is bounded, and mending twice
// changes nothing more.
#include <cstdint>
#include <cstdlib>

#include "common/base/bytes.h"
#include "common/json/mended_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace earshot;
  const std::string_view text = as_text({data, size});
  const std::string once = json::mended(text);
  if (once.size() > 4 * text.size() + 64) std::abort();
  const auto read = json::parse_object(once, 1 << 24);
  if (const auto good = json::parse_object(text, 1 << 24)) {
    if (!read || json::serialize(*read) != json::serialize(*good)) std::abort();
  }
  if (read) {
    const auto again = json::parse_object(json::mended(once), 1 << 24);
    if (!again || json::serialize(*again) != json::serialize(*read)) std::abort();
  }
  (void)json::parse_mended_object(text, 4096);
  return 0;
}
