#include "gateway/session/session_events.h"
