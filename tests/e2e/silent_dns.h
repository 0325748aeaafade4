// A network of this process's own, in which every name server is silent: packets to it arrive, no answer comes.
#pragma once

#include <string>

namespace earshot::e2e {

// Moves this process, and so all that it starts from now on, into namespaces of its own: network (with loopback
// alone), mounts (with an /etc/resolv.conf that names the silent server), and where that is needed, users.
// REQUIRES: this process has one thread; call it before anything else.
// RETURNS: why it cannot be done here; empty when it is done.
std::string enter_network_with_silent_dns(const std::string& folder);

}  // namespace earshot::e2e
