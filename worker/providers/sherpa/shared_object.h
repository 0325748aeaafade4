// Whether a file is a shared object that the loader may be given. The loader maps a truncated one and then dies
// of SIGBUS (half a download), so its length is compared with what its own tables say.
#pragma once

#include <string>

#include "common/base/result.h"

namespace earshot::worker::sherpa {

// Reads the file's tables only. kNotFound: there is none, or this user cannot read it. kInvalid: not a 64-bit
// ELF shared object of this byte order, or cut off. Another processor's is left to the loader, which says so.
Status check_shared_object(const std::string& path);

}  // namespace earshot::worker::sherpa
