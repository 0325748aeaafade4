// What a person sees who opens the OTA address in a browser, as every guide says to do: that it works, where
// devices are sent, and what comes next. Pure.
#pragma once

#include <string>

#include "common/http/http_message.h"
#include "gateway/doors/ota/ota_answer.h"

namespace earshot::gateway {

// Whether it is a person's look and no device's request: a GET with nothing that a device sends along.
bool is_look_at_ota(const http::Request& request);

// HTML without scripts, styles or anything of the request; no secrets of `config`.
std::string ota_page(const OtaConfig& config);

}  // namespace earshot::gateway
