#include "gateway/media/udp_socket.h"
