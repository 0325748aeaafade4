#include "gateway/control/doctor/checks.h"

#include <algorithm>

#include "common/json/json.h"

namespace earshot::gateway {

namespace {

constexpr std::uint64_t kMiB = 1024 * 1024;
constexpr std::uint64_t kDiskFull = 100 * kMiB;  // SQLite's journal and the logs need some
constexpr std::uint64_t kDiskLow = 1024 * kMiB;
// As many connections as the broker is asked for, and its own.
constexpr std::uint64_t kBrokerFiles = 12'000 + 64;
constexpr std::int64_t kBuiltAfter = 1'767'225'600;  // 2026-01-01: before this program existed
constexpr std::int64_t kFarFuture = 4'102'444'800;   // 2100-01-01
constexpr std::size_t kMaxOtaBytes = 64 * 1024;
constexpr std::size_t kMaxMemberBytes = 15;  // NVS keys (trap 3)

Check ok(std::string name, std::string message) {
  return {.name = std::move(name), .level = CheckLevel::kOk, .message = std::move(message)};
}
Check warn(std::string name, std::string message, std::string advice) {
  return {std::move(name), CheckLevel::kWarn, std::move(message), std::move(advice)};
}
Check fail(std::string name, std::string message, std::string advice) {
  return {std::move(name), CheckLevel::kFail, std::move(message), std::move(advice)};
}

bool is_loopback_text(const std::string& address) {
  return address.starts_with("127.") || address == "localhost" || address == "::1";
}
bool is_loopback(std::uint32_t ip) {
  return ip >> 24 == 127;
}
// RFC 1918, link-local (RFC 3927) and carrier NAT (RFC 6598).
bool is_private(std::uint32_t ip) {
  return ip >> 24 == 10 || ip >> 20 == 0xac1 || ip >> 16 == 0xc0a8 || ip >> 16 == 0xa9fe || ip >> 22 == 0x191;
}

Check announced(const DoctorFacts& facts) {
  const std::string name = "announced address";
  const bool listens_wider = !is_loopback_text(facts.mqtt_listen) || !is_loopback_text(facts.udp_listen) ||
                             !is_loopback_text(facts.http_listen);
  if (!facts.announce_ip)
    return fail(name,
                "devices are told " + facts.announce + ", which is no name that resolves to an IPv4 address",
                "announce_address: an address or name of this machine that devices can resolve");
  const std::uint32_t ip = *facts.announce_ip;
  if (is_loopback(ip) && listens_wider)
    return fail(
        name,
        "devices are told " + facts.announce + ", where no other machine reaches us, though we listen wider",
        "announce_address: this machine's address on the devices' network");
  if (is_loopback(ip))
    return ok(name,
              facts.announce + ": only programs on this machine (deploy/run.sh --lan serves a network)");
  if (is_loopback_text(facts.udp_listen) || is_loopback_text(facts.mqtt_listen) ||
      is_loopback_text(facts.http_listen))
    return fail(
        name,
        "devices are told " + facts.announce + ", but not all of MQTT, UDP and HTTP listen beyond loopback",
        "mqtt.listen, udp.listen, http.listen: " + facts.announce);
  const bool ours = std::ranges::find(facts.own_ips, ip) != facts.own_ips.end();
  if (!ours)
    return warn(name, facts.announce + " is no address of this machine: a router must forward to us",
                "forward TCP mqtt.port and http.port and UDP udp.port, or change announce_address");
  if (is_private(ip)) return ok(name, facts.announce + ", for devices on this network");
  return ok(name, facts.announce + ", from everywhere: see docs/security.md");
}

Check audio_address(const DoctorFacts& facts) {
  const std::string name = "audio address";
  const auto others = std::ranges::count_if(facts.own_ips, [](std::uint32_t ip) { return !is_loopback(ip); });
  if (facts.udp_listen == "0.0.0.0" && others > 1)
    return warn(
        name,
        "udp.listen is 0.0.0.0 and this machine has several addresses: an answer may leave from another "
        "than the announced one, and devices then hear nothing",
        "udp.listen: the announced address");
  return ok(name, "answers leave from " + facts.udp_listen);
}

Check udp_buffer(const DoctorFacts& facts) {
  const std::string name = "UDP buffer";
  if (facts.udp_buffer_bytes == 0) return ok(name, "not known here");
  if (facts.udp_buffer_bytes < facts.udp_buffer_wanted_bytes)
    return warn(name,
                "net.core.rmem_max is " + std::to_string(facts.udp_buffer_bytes) +
                    " bytes: audio of many devices is lost when this machine is busy for a moment",
                "sysctl -w net.core.rmem_max=" + std::to_string(facts.udp_buffer_wanted_bytes) +
                    " (keep it: /etc/sysctl.d/)");
  return ok(name, std::to_string(facts.udp_buffer_bytes / kMiB) + " MiB at most");
}

Check broker(const DoctorFacts& facts) {
  const std::string name = "broker";
  if (!facts.broker_connected)
    return fail(name, "the gateway has no connection to the broker",
                facts.broker_is_ours ? "see the broker's lines in the log; mqtt.port may be taken"
                                     : "mqtt.host, mqtt.port, mqtt.user and its password, mqtt.ca_file");
  return ok(name, "connected");
}

Check credentials(const DoctorFacts& facts) {
  const std::string name = "device log-in";
  const std::string plugin =
      facts.broker_is_ours ? "mqtt.plugin: earshot_broker.so of this version"
                           : "load earshot_broker.so of this version there, with this gateway's device key";
  if (facts.good_login == LoginOutcome::kNotTried) return ok(name, "not tried: the port speaks TLS");
  if (facts.good_login == LoginOutcome::kNoBroker)
    return fail(name, "no broker answers at the devices' port " + std::to_string(facts.mqtt_port),
                "mqtt.listen, mqtt.port");
  if (facts.good_login == LoginOutcome::kRefused)
    return fail(name, "the broker refuses credentials that we hand out", plugin);
  if (facts.wrong_login == LoginOutcome::kAccepted)
    return fail(name, "the broker lets in whoever comes: our plugin does not guard it", plugin);
  return ok(name, "our credentials are accepted, others refused");
}

Check ota(const DoctorFacts& facts) {
  const std::string name = "OTA answer";
  if (facts.ota_status == 0) return fail(name, "the OTA address does not answer", "http.listen, http.port");
  if (facts.ota_status != 200)
    return fail(name, "status " + std::to_string(facts.ota_status) + ": devices take 200 only",
                "see the log's ota lines");
  const std::string fault = ota_fault(facts.ota_body);
  if (!fault.empty()) return fail(name, fault, "report it: devices cannot live with this answer");
  return ok(name, "as devices need it");
}

Check clock(const DoctorFacts& facts) {
  const std::string name = "clock";
  if (facts.unix_seconds < kBuiltAfter || facts.unix_seconds > kFarFuture)
    return fail(name, "this machine's clock is plainly wrong; devices show it", "timedatectl set-ntp true");
  if (facts.clock_synchronised == false)
    return warn(name, "not synchronised; devices show it, and TLS and tokens depend on it",
                "timedatectl set-ntp true");
  return ok(name, facts.clock_synchronised ? "synchronised" : "plausible");
}

Check files(const DoctorFacts& facts) {
  const std::string name = "file limit";
  const std::string limit = std::to_string(facts.file_limit);
  if (facts.broker_is_ours && facts.file_limit < kBrokerFiles)
    return warn(name, "at most " + limit + " open files: so many devices, less a few, can be connected",
                "LimitNOFILE=" + std::to_string(2 * kBrokerFiles) + " in the service unit, or ulimit -Hn");
  return ok(name, limit + " open files");
}

Check disk(const DoctorFacts& facts) {
  const std::string name = "disk";
  const std::string free = std::to_string(facts.disk_free_bytes / kMiB) + " MiB free";
  if (!facts.data_writable)
    return fail(name, "the data folder cannot be written", "data_dir, its owner, or a full disk");
  if (facts.disk_free_bytes < kDiskFull) return fail(name, free, "make room where data_dir is");
  if (facts.disk_free_bytes < kDiskLow) return warn(name, free, "make room where data_dir is");
  return ok(name, free);
}

Check store(const DoctorFacts& facts) {
  if (facts.store_problem)
    return fail("store", *facts.store_problem,
                facts.store_away
                    ? "the PostgreSQL server of store.url; conversations go on, changes are refused "
                      "and what was said waits (docs/store.md)"
                    : "the database in data_dir, or that of store.url: disk, owner, the log");
  return ok("store", "writable");
}

Check workers(const DoctorFacts& facts) {
  const std::string name = "workers";
  if (facts.workers == 0)
    return fail(name, "none is connected: nobody can be talked to",
                "workers.spawn, or earshot-worker --gateway; see the workers' lines in the log");
  if (facts.draining == facts.workers)
    return fail(name, "all are draining: no new conversation is taken", "start others");
  const std::string message = std::to_string(facts.workers) + " connected, " +
                              std::to_string(facts.sessions) + " of " + std::to_string(facts.capacity) +
                              " conversations";
  if (facts.sessions * 10 >= facts.capacity * 9)
    return warn(name, message, "workers.spawn, or more machines: new conversations will be refused");
  return ok(name, message);
}

Check provider(const ProviderFact& fact) {
  const std::string name = fact.stage + " " + fact.name;
  if (!fact.key_variable.empty() && !fact.key_set)
    return fail(name, "its key is missing: the environment has no " + fact.key_variable,
                "set " + fact.key_variable + " where the gateway is started");
  const std::string where = fact.host + ":" + fact.port;
  switch (fact.reach) {
    case Reach::kNoName:
      return fail(name, "no such host: " + fact.host,
                  "the provider's URL in workers.config, or this machine's DNS");
    case Reach::kNoConnection:
      return fail(name, "no connection to " + where,
                  "the provider's URL in workers.config, a proxy or firewall, or the service is down");
    case Reach::kReached:
      return ok(name, where + " answers" + (fact.key_variable.empty() ? "" : ", its key is set"));
    case Reach::kNotTried:
      return ok(name, fact.key_variable.empty() ? "nothing to look at from here" : "its key is set");
  }
  return {};
}

// What conversations met with, where provider() only tries the address.
Check trouble(const TroubleFact& fact) {
  const std::string name = fact.stage + " " + fact.provider + " for " + fact.worker;
  const std::string last = std::to_string(fact.failed_seconds_ago) + " s ago: " + fact.why;
  if (fact.answers_again) return ok(name, "answers again; failed " + last);
  const std::string advice =
      "the service itself, its key, quota and URL (llm, asr, tts in workers.config); docs/providers.md";
  if (fact.left_alone)
    return fail(name, "does not answer, and is left alone for a while; failed " + last, advice);
  return warn(name, "did not answer; failed " + last, advice);
}

std::string section_fault(const json::object& section, std::string_view title) {
  for (const auto& [key, value] : section) {
    if (key.size() > kMaxMemberBytes)
      return std::string(title) + " has the member " + std::string(key) +
             ", longer than 15 characters: a device would restart for ever (trap 3)";
  }
  return {};
}

}  // namespace

std::string_view name(CheckLevel level) {
  switch (level) {
    case CheckLevel::kOk:
      return "ok";
    case CheckLevel::kWarn:
      return "warn";
    case CheckLevel::kFail:
      return "fail";
  }
  return {};
}

std::vector<Check> examine(const DoctorFacts& facts) {
  std::vector<Check> all{announced(facts),   audio_address(facts), udp_buffer(facts), broker(facts),
                         credentials(facts), ota(facts),           clock(facts),      files(facts),
                         disk(facts),        store(facts),         workers(facts)};
  if (!facts.worker_config_problem.empty())
    all.push_back(warn("providers", facts.worker_config_problem, "workers.config"));
  for (const auto& fact : facts.providers) all.push_back(provider(fact));
  for (const auto& fact : facts.troubles) all.push_back(trouble(fact));
  return all;
}

std::string ota_fault(std::string_view body) {
  const auto parsed = json::parse_object(body, kMaxOtaBytes);
  if (!parsed) return "it is no JSON object";
  const json::object* mqtt = json::find_object(*parsed, "mqtt");
  const json::object* websocket = json::find_object(*parsed, "websocket");
  if (const json::object* firmware = json::find_object(*parsed, "firmware")) {
    const auto version = json::find_string(*firmware, "version").value_or("");
    if (version.find_first_not_of("0123456789.") != std::string_view::npos)
      return "the firmware's version has a part that is no number: a device would restart for ever (trap 3)";
  }
  if (mqtt == nullptr && websocket == nullptr) {
    if (json::find_object(*parsed, "activation") != nullptr) return {};  // a device that is not bound yet
    return "it has neither mqtt nor websocket nor activation: a device would have nowhere to go";
  }
  if (websocket != nullptr) {
    const std::string fault = section_fault(*websocket, "websocket");
    if (mqtt == nullptr || !fault.empty()) return fault;
  }
  if (const std::string fault = section_fault(*mqtt, "mqtt"); !fault.empty()) return fault;
  const auto endpoint = json::find_string(*mqtt, "endpoint").value_or("");
  if (endpoint.empty() || endpoint.find("://") != std::string_view::npos)
    return "the broker's address is not HOST:PORT: a device would restart for ever (trap 2)";
  if (json::find_string(*mqtt, "publish_topic").value_or("").empty())
    return "it has no publish_topic: a device could never speak (trap 6)";
  for (const char* key : {"client_id", "username", "password"}) {
    if (json::find_string(*mqtt, key).value_or("").empty()) return std::string("it has no ") + key;
  }
  return {};
}

}  // namespace earshot::gateway
