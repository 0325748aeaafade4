// Where a gateway listens for workers and a worker dials: `unix:/run/earshot/workers.sock`,
// `tcp:127.0.0.1:9000` (`tcp:[::1]:9000`) or `tls:gw.example:9443`. Pure.
//
// The peer of a TCP link is not authenticated, so only loopback addresses are accepted: anybody who can reach
// the port could pose as a worker and listen to people's homes. A TLS link may go anywhere.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace earshot::ipc {

struct Endpoint {
  enum class Kind { kUnix, kTcp, kTls };
  Kind kind = Kind::kUnix;
  std::string path;        // kUnix: absolute or relative, at most 107 bytes (sun_path)
  std::string host;        // kTcp: a loopback address in its numeric form; kTls: a name or numeric address
  std::uint16_t port = 0;  // 0 lets the system choose, for a listener

  std::string text() const;
  bool is_numeric() const;  // host is an address, not a name to be found
};

Result<Endpoint> parse_endpoint(std::string_view text);

}  // namespace earshot::ipc
