// Keys that the gateway makes on its first start and keeps as files of the data folder.
#pragma once

#include <filesystem>
#include <string_view>

#include "common/base/secret.h"

namespace earshot::gateway {

struct KeyPurpose {
  std::string_view name;         // in messages
  std::string_view when_remade;  // what it costs to remove the file
};
// Devices' MQTT passwords are made from it.
inline constexpr KeyPurpose kDeviceKey{"device key", "devices then need a restart to fetch new passwords"};
// Seals providers' and devices' keys in the database.
inline constexpr KeyPurpose kStoreKey{"store key", "what was sealed with the old one must be entered anew"};

// Reads the key, or makes one on the first start: 32 random bytes as base64 text, mode 0600, in a folder of
// mode 0700. The file appears whole or not at all.
// Throws StartupError (kConfig) when others could read it, when it is empty, or when it cannot be made.
Secret load_or_make_key(const std::filesystem::path& file, const KeyPurpose& purpose);

}  // namespace earshot::gateway
