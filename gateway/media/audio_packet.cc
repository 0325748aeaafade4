#include "gateway/media/audio_packet.h"
