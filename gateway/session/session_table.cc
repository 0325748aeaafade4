#include "gateway/session/session_table.h"
