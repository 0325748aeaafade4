// Client ids come from anybody who reaches the broker's port.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/auth/device_credentials.h"
#include "common/auth/mqtt_topics.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace earshot::auth;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto id = parse_client_id(text)) {
    if (id->text != text || id->group.empty() || id->device.text().empty()) std::abort();
    // What was accepted is one topic level, and comes back out of the topic.
    if (client_id_of_up_topic(up_topic(text)) != text) std::abort();
  }
  // However an address is written, it is kept in one form, which is read as itself.
  if (const auto address = earshot::DeviceId::parse(text)) {
    if (address->text().size() != 17 || earshot::DeviceId::parse(address->text()) != address) std::abort();
    if (earshot::DeviceId::parse(address->underscored()) != address) std::abort();
  }
  if (const auto part = earshot::address_part(text); !part.empty() && part.back() != ':') {
    if (part.size() > 2 && earshot::address_part(part) != part) std::abort();
  }
  const auto device = earshot::DeviceId::parse("aa:bb:cc:dd:ee:ff");
  const auto made = make_credentials(*device, text, text, earshot::Secret("key"));
  if (!parse_client_id(made.client_id.text)) std::abort();
  return 0;
}
