// What a device shows while it waits for its owner, in its own language;
// the firmware speaks the digits itself. Pure.
#pragma once

#include <string>
#include <string_view>

namespace earshot::gateway {

// `language`: as the device told it, e.g. "zh-CN"; one that is not known is told in English.
// `console_url` may be empty.
std::string activation_message(std::string_view language, std::string_view console_url,
                               std::string_view code);

}  // namespace earshot::gateway
