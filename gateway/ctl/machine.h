// This machine, as settings.h wants it told. Driver.
#pragma once

#include "gateway/ctl/settings.h"

namespace earshot::ctl {

Machine this_machine();

}  // namespace earshot::ctl
