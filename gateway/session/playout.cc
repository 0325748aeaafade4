#include "gateway/session/playout.h"
