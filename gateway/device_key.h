// The key under which devices' MQTT passwords are made, as a file of the data folder.
#pragma once

#include <filesystem>

#include "common/base/secret.h"

namespace earshot::gateway {

// Reads the key, or makes one on the first start: 32 random bytes as base64 text, mode 0600, in a folder of
// mode 0700. The file appears whole or not at all. Throws StartupError (kConfig) when others could read it
// (whoever has it can pose as any device), when it is empty, or when it cannot be made.
Secret load_or_make_device_key(const std::filesystem::path& file);

}  // namespace earshot::gateway
