// Which machines are looked at for language models. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace earshot::ctl {

// "192.168.1.0/24" of a machine's own address: what is asked on the network is never more than that, and only
// private networks (RFC 1918): others are not ours to ask. nullopt: it is not private, or no IPv4 address.
struct OwnNetwork {
  std::string name;                // "192.168.1.0/24"
  std::vector<std::string> hosts;  // .1 to .254, without the machine itself
};
std::optional<OwnNetwork> own_network(std::string_view address);

// A name or IPv4 address that can stand in a URL and a shell.
bool is_plain_host(std::string_view host);

}  // namespace earshot::ctl
