#include "gateway/session/control_rtt.h"
