#include "gateway/media/replay_window.h"
