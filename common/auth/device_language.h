// The device's language travels in the signed client id, so that it outlives a restart of every process: the
// device tells it only at boot (Accept-Language of the OTA request),
// but shows its client id with every connection.
//
//   group of the client id = GID_<board>.<language>      e.g. GID_device.zh-CN: ours name no board (ota_answer.cc)
//   (after a rotation followed by .r<N>, device_credentials.h)
//
// Pure. docs/decisions/0003-language-in-client-id.md.
#pragma once

#include <string>
#include <string_view>

#include "common/auth/device_credentials.h"

namespace earshot::auth {

// `board` holds no '.'; a language that is no BCP 47 tag of letters, digits and '-' (16 at most) is left out.
std::string board_with_language(std::string_view board, std::string_view language);

// Empty when the id carries none (credentials made by another OTA server).
std::string language_of(const ClientId& client_id);

// Whether a text in the language `tag` ("zh", "zh-TW") is for a device that told `told`, an Accept-Language as
// "zh-TW,zh;q=0.9" or a single tag. An empty `tag` is for everybody.
bool is_for_language(std::string_view tag, std::string_view told);

}  // namespace earshot::auth
