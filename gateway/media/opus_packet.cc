#include "gateway/media/opus_packet.h"
