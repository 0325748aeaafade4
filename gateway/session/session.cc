#include "gateway/session/session.h"
