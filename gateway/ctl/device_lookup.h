// Asks the gateway which device a text means.
#pragma once

#include <string>

#include "gateway/ctl/api.h"

namespace earshot::ctl {

// The id, aa:bb:cc:dd:ee:ff. A whole MAC address, in any usual form, is taken without asking.
// Throws Failure: kNotFound, or kUsage with the candidates when more than one fits.
std::string find_device(Context& context, const std::string& text);

// "/api/v1/devices/<id><rest>"
std::string device_path(const std::string& id, const std::string& rest = {});

}  // namespace earshot::ctl
