#include "gateway/control/doctor/probes.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <memory>

#include "common/asio/asio.h"
#include "common/auth/device_credentials.h"
#include "common/config/config_reader.h"
#include "common/http/http_client.h"

namespace earshot::gateway {

namespace {

using asio::ip::tcp;

constexpr Milliseconds kPatience{3000};  // for one connection
constexpr std::uint16_t kMqttTlsPort = 8883;
constexpr std::size_t kMostProviders = 16;

void look_at_addresses(DoctorFacts& facts) {
  asio::io_context io{1};
  error_code failure;
  const auto found = asio::ip::udp::resolver(io).resolve(asio::ip::udp::v4(), facts.announce, "", failure);
  if (!failure && !found.empty()) facts.announce_ip = found.begin()->endpoint().address().to_v4().to_uint();
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) != 0) return;
  for (const ifaddrs* one = all; one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr == nullptr || one->ifa_addr->sa_family != AF_INET) continue;
    sockaddr_in address{};
    std::copy_n(reinterpret_cast<const char*>(one->ifa_addr), sizeof address,
                reinterpret_cast<char*>(&address));
    facts.own_ips.push_back(ntohl(address.sin_addr.s_addr));
  }
  ::freeifaddrs(all);
}

void look_at_the_machine(const ProbePlan& plan, DoctorFacts& facts) {
  std::ifstream("/proc/sys/net/core/rmem_max") >> facts.udp_buffer_bytes;
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) facts.file_limit = files.rlim_max;
  facts.unix_seconds = ::time(nullptr);
  timex time{};
  if (::ntp_adjtime(&time) != -1) facts.clock_synchronised = (time.status & STA_UNSYNC) == 0;
  struct statvfs disk {};
  if (::statvfs(plan.data_dir.c_str(), &disk) == 0)
    facts.disk_free_bytes = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  const auto file = plan.data_dir / "run" / ("doctor." + std::to_string(::getpid()));
  facts.data_writable = static_cast<bool>(std::ofstream(file) << "x" << std::flush);
  std::error_code ignored;  // a byte that stays is harmless
  std::filesystem::remove(file, ignored);
}

void put_text(std::string& into, std::string_view text) {
  into.push_back(static_cast<char>(text.size() >> 8));
  into.push_back(static_cast<char>(text.size() & 0xff));
  into += text;
}

// CONNECT of MQTT 3.1.1 with a clean session, then DISCONNECT.
std::string log_in_and_out(const std::string& client_id, const std::string& user, std::string_view password) {
  std::string body{"\0\4MQTT\4\xc2\0\5", 10};
  put_text(body, client_id);
  put_text(body, user);
  put_text(body, password);
  std::string packet{"\x10"};
  for (std::size_t rest = body.size();;) {  // the remaining length, 7 bits a byte
    const auto low = static_cast<char>(rest & 0x7f);
    rest >>= 7;
    packet.push_back(static_cast<char>(rest > 0 ? low | 0x80 : low));
    if (rest == 0) break;
  }
  return packet + body + std::string{"\xe0\0", 2};
}

LoginOutcome log_in(const ProbePlan& plan, std::string_view password) {
  const auto device = DeviceId::parse(kDoctorDevice);
  const auto made = auth::make_credentials(*device, "", "doctor", plan.device_key);
  const std::string question = log_in_and_out(made.client_id.text, made.username,
                                              password.empty() ? made.password.reveal() : password);
  asio::io_context io{1};
  tcp::resolver resolver(io);
  tcp::socket socket(io);
  std::array<std::uint8_t, 4> answer{};
  LoginOutcome outcome = LoginOutcome::kNoBroker;
  resolver.async_resolve(
      plan.mqtt_host, std::to_string(plan.mqtt_port),
      [&](error_code failed, const tcp::resolver::results_type& found) {
        if (failed || found.empty()) return;
        socket.async_connect(*found.begin(), [&](error_code refused) {
          if (refused) return;
          asio::async_write(socket, asio::buffer(question), [&](error_code broken, std::size_t) {
            if (broken) return;
            asio::async_read(socket, asio::buffer(answer), [&](error_code, std::size_t bytes) {
              if (bytes == answer.size() && answer[0] == 0x20)
                outcome = answer[3] == 0 ? LoginOutcome::kAccepted : LoginOutcome::kRefused;
            });
          });
        });
      });
  io.run_for(kPatience);
  return outcome;
}

void ask_ota(const ProbePlan& plan, DoctorFacts& facts) {
  http::Headers headers;
  headers.add("Device-Id", kDoctorDevice);
  headers.add("User-Agent", "earshot-doctor/1.0.0");
  headers.add("Content-Type", "application/json");
  const auto answer =
      http::http_post("http://" + plan.http_host + ":" + std::to_string(plan.http_port) + "/xiaozhi/ota/",
                      headers, "{}", kPatience);
  if (!answer) return;
  facts.ota_status = answer->status;
  facts.ota_body = answer->body;
}

// All at once, so that many dead hosts take no longer than one.
void connect_to_providers(std::vector<ProviderFact>& providers) {
  asio::io_context io{1};
  struct Attempt {
    explicit Attempt(asio::io_context& context) : resolver(context), socket(context) {}
    tcp::resolver resolver;
    tcp::socket socket;
  };
  std::vector<std::unique_ptr<Attempt>> attempts;
  for (ProviderFact& provider : providers) {
    if (provider.host.empty()) continue;
    provider.reach = Reach::kNoName;
    Attempt& attempt = *attempts.emplace_back(std::make_unique<Attempt>(io));
    attempt.resolver.async_resolve(provider.host, provider.port,
                                   [&](error_code failed, const tcp::resolver::results_type& found) {
                                     if (failed || found.empty()) return;
                                     provider.reach = Reach::kNoConnection;
                                     attempt.socket.async_connect(*found.begin(), [&](error_code refused) {
                                       if (!refused) provider.reach = Reach::kReached;
                                     });
                                   });
  }
  io.run_for(kPatience);
}

void add_provider(ConfigSection stage, const std::string& stage_name, const std::string& name,
                  std::vector<ProviderFact>& all) {
  if (name == "local" || name.empty()) return;
  ConfigSection keys = stage.section("providers").section(name);
  ProviderFact fact{.stage = stage_name, .name = name};
  std::string url;
  for (const char* key : {"url", "base_url"}) {
    if (url.empty()) keys.read(key, url);
  }
  keys.read("api_key_env", fact.key_variable);
  fact.key_set = !fact.key_variable.empty() && std::getenv(fact.key_variable.c_str()) != nullptr;
  if (url.starts_with("ws")) url.replace(0, 2, "http");  // ws:// and wss:// are reached the same way
  if (const auto parsed = http::Url::parse(url)) {
    fact.host = parsed->host;
    fact.port = parsed->port;
  }
  all.push_back(std::move(fact));
}

}  // namespace

std::vector<ProviderFact> read_providers(const std::filesystem::path& file, std::string& problem) {
  std::vector<ProviderFact> all;
  try {
    ConfigReader reader = ConfigReader::load(file.string());
    for (const char* name : {"asr", "llm", "tts"}) {
      ConfigSection stage = reader.root().section(name);
      std::string selected;
      std::vector<std::string> fallback;
      stage.read("selected", selected);
      stage.read("fallback", fallback);
      fallback.insert(fallback.begin(), selected);
      for (const auto& one : fallback) {
        if (all.size() < kMostProviders) add_provider(stage, name, one, all);
      }
    }
  } catch (const ConfigError& unreadable) {
    problem = unreadable.what();
  }
  return all;
}

void probe(const ProbePlan& plan, DoctorFacts& facts) {
  look_at_addresses(facts);
  look_at_the_machine(plan, facts);
  if (plan.mqtt_port != kMqttTlsPort) {
    facts.good_login = log_in(plan, "");
    facts.wrong_login = log_in(plan, "wrong");
  }
  ask_ota(plan, facts);
  if (!plan.worker_config.empty())
    facts.providers = read_providers(plan.worker_config, facts.worker_config_problem);
  if (!plan.workers_are_ours) {
    for (auto& provider : facts.providers) provider.key_variable.clear();  // theirs is another environment
  }
  connect_to_providers(facts.providers);
}

}  // namespace earshot::gateway
