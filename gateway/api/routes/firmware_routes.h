// The API of firmware: images, their roll-out, resumable uploads.
#pragma once

#include "gateway/api/api_router.h"
#include "gateway/control/firmware/firmware_library.h"

namespace earshot::gateway {

json::object to_json(const store::FirmwareImage& image);

// `library` outlives the router's server.
void add_firmware_routes(api::ApiRouter& routes, FirmwareLibrary& library);

}  // namespace earshot::gateway
