#include "gateway/session/down_message.h"
