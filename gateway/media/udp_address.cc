#include "gateway/media/udp_address.h"
