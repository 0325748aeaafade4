// Interim texts come from recognition services, the language from the device.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "worker/hearing/utterance_completeness.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const std::string_view language : {std::string_view("en-US"), std::string_view("de"), text}) {
    earshot::worker::completeness(text, language);
  }
  return 0;
}
