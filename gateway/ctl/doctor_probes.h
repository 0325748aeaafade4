// What the doctor sees from where earshotctl runs: the ways that a device takes.
// Drivers, each bounded in time.
// Runs on: the caller's thread, which waits.
#pragma once

#include <cstdint>
#include <string>

#include "common/auth/path_probe.h"
#include "common/base/clock.h"
#include "gateway/ctl/finding.h"

namespace earshot::ctl {

// The announced host must answer HTTP with the gateway's health page.
Finding probe_http(const std::string& host, std::uint16_t port, bool tls, Milliseconds timeout);
// A log-in that is refused in MQTT proves a broker; on port 8883 (TLS) the connection alone counts.
Finding probe_mqtt(const std::string& host, std::uint16_t port, Milliseconds timeout);
// Asks the shard at that port a few times: datagrams may be lost.
Finding probe_udp(const std::string& host, std::uint16_t port, const auth::PathProbeTicket& ticket);

}  // namespace earshot::ctl
