// doctor: what the gateway says of itself, and what can be seen from here.
#include <algorithm>
#include <chrono>

#include "gateway/ctl/commands.h"
#include "gateway/ctl/doctor_probes.h"
#include "gateway/ctl/failure.h"
#include "gateway/ctl/finding.h"
#include "gateway/ctl/output.h"
#include "gateway/ctl/time_text.h"

namespace earshot::ctl {

namespace {

constexpr Milliseconds kProbePatience{3000};      // for each way
constexpr Milliseconds kGatewayPatience{30'000};  // it looks at all providers' hosts
constexpr std::int64_t kGoodClockMs = 2'000;

std::int64_t wall_ms() {
  return std::chrono::duration_cast<Milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// The gateway's clock lies between our asking and its answering, or it is off.
Finding clock_finding(std::int64_t gateway_ms, std::int64_t answered_ms) {
  Finding finding{.name = "clock"};
  const std::int64_t off = gateway_ms - answered_ms;
  const std::int64_t size = off < 0 ? -off : off;
  finding.message = "the gateway's and this machine's differ by " + duration_text(size);
  if (size > kGoodClockMs) {
    finding.level = Level::kWarn;
    finding.advice =
        "one of the two is wrong; devices take the gateway's: see that NTP runs there (timedatectl)";
  }
  return finding;
}

std::uint16_t port_of(const json::object& from, const char* key) {
  return static_cast<std::uint16_t>(number(from, key));
}

std::vector<Finding> look_from_here(Context& context, const json::object& answer, std::int64_t answered_ms) {
  std::vector<Finding> found{{.name = "HTTP", .message = "the gateway answers at " + context.api.url()}};
  found.push_back(clock_finding(number(answer, "now"), answered_ms));
  const json::object* announce = json::find_object(answer, "announce");
  const json::object* probe = json::find_object(answer, "probe");
  if (announce == nullptr || probe == nullptr) return found;
  const std::string host = member(*announce, "address");
  found.push_back(
      probe_http(host, port_of(*announce, "http_port"), truth(*announce, "http_tls"), kProbePatience));
  found.push_back(probe_mqtt(host, port_of(*announce, "mqtt_port"), kProbePatience));
  const auto key = from_hex(member(*probe, "key"));
  const json::array* ports = json::find_array(*announce, "udp_ports");
  if (!key || ports == nullptr) return found;
  const auth::PathProbeTicket ticket{.expires = static_cast<std::uint32_t>(number(*probe, "ticket")),
                                     .key = Secret(std::string(as_text(*key)))};
  for (const auto& port : *ports) {
    if (port.is_int64() || port.is_uint64())
      found.push_back(probe_udp(host, port.to_number<std::uint16_t>(), ticket));
  }
  return found;
}

void print_group(const Context& context, const char* title, const std::vector<Finding>& findings,
                 std::size_t width) {
  context.terminal.print(context.terminal.paint(title, Colour::kBold) + "\n");
  for (const Finding& finding : findings)
    context.terminal.print(finding_text(finding, width, context.terminal.colours()));
}

void doctor(Context& context, const Arguments&) {
  context.api.set_timeout(kGatewayPatience);
  const json::value answer = context.api.get("/api/v1/doctor");
  const std::int64_t answered_ms = wall_ms();
  std::vector<Finding> gateway;
  if (const json::array* checks = json::find_array(object_of(answer), "checks")) {
    for (const auto& check : *checks) gateway.push_back(finding_of(object_of(check)));
  }
  const std::vector<Finding> here = look_from_here(context, object_of(answer), answered_ms);

  if (context.terminal.json()) {
    json::array all;
    for (const Finding& finding : gateway) all.push_back(to_json(finding, "gateway"));
    for (const Finding& finding : here) all.push_back(to_json(finding, "here"));
    print_json(context,
               json::object{{"ok", std::max(worst(gateway), worst(here)) != Level::kFail}, {"checks", all}});
  } else {
    std::size_t width = 0;
    for (const Finding& finding : gateway) width = std::max(width, display_width(finding.name));
    for (const Finding& finding : here) width = std::max(width, display_width(finding.name));
    print_group(context, "The gateway, of itself", gateway, width);
    print_group(context, "From this machine", here, width);
  }
  const auto faults = std::ranges::count(gateway, Level::kFail, &Finding::level) +
                      std::ranges::count(here, Level::kFail, &Finding::level);
  if (faults > 0)
    throw Failure(Exit::kFailed,
                  faults == 1 ? "one check failed" : std::to_string(faults) + " checks failed");
  if (!context.terminal.json()) context.terminal.line("All is well enough to serve.");
}

}  // namespace

void add_doctor_command(std::vector<Command>& all) {
  all.push_back({"doctor",
                 "Looks for what is wrong with the gateway and the ways to it, and says what to change",
                 {},
                 doctor});
}

}  // namespace earshot::ctl
