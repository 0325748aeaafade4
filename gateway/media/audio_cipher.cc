#include "gateway/media/audio_cipher.h"
