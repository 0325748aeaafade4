// Which generation of a device's credentials a client id belongs to. The number travels in the signed client
// id, so nobody can give himself a younger one;
// the owner of a device raises the minimum to lock older ones out.
//
//   group of the client id = GID_<board>.<language>.r<N>     left out for generation 0
//
// Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/auth/device_credentials.h"

namespace earshot::auth {

// 0 when the id carries none.
std::uint32_t generation_of(const ClientId& client_id);

// The group without its generation.
std::string_view group_without_generation(std::string_view group);

}  // namespace earshot::auth
