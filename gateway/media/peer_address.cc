#include "gateway/media/peer_address.h"
