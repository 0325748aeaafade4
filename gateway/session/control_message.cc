#include "gateway/session/control_message.h"
