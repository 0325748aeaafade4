#include "tests/e2e/system.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "common/http/http_client.h"

namespace earshot::e2e {

namespace {

// Sanitised workers on a loaded machine load their models, and end, slowly.
constexpr std::chrono::seconds kReadyWithin{90};
constexpr std::chrono::seconds kStoppedWithin{30};

class Scratch {
 public:
  Scratch() {
    std::string pattern = (std::filesystem::temp_directory_path() / "earshot-e2e-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a scratch folder");
    path_ = pattern;
  }
  ~Scratch() {
    const auto* unit = testing::UnitTest::GetInstance();
    if (unit != nullptr && unit->Failed()) return;  // kept, to look at
    std::error_code ignored;                        // a left-over in the temporary folder harms nobody
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

bool can_bind(int type, std::uint16_t port) {
  const int handle = ::socket(AF_INET, type, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool bound = ::bind(handle, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(handle);
  return bound;
}

bool is_free(int port) {
  return can_bind(SOCK_STREAM, static_cast<std::uint16_t>(port)) &&
         can_bind(SOCK_DGRAM, static_cast<std::uint16_t>(port));
}

// Ports that no other process of these tests is given while this one lives: between looking whether a port is
// free and using it nobody else of us can come. A process owns blocks of ports by locks on files, which the
// kernel takes away when it ends, however it ends.
class PortBlocks {
 public:
  std::uint16_t take(int count) {
    for (int tried = 0; tried < kPorts; ++tried) {
      if (next_ + count > end_ && !lock_another()) break;
      const int first = next_++;
      bool all = true;
      for (int port = first; port < first + count && all; ++port) all = is_free(port);
      if (!all) continue;
      next_ = first + count;
      return static_cast<std::uint16_t>(first);
    }
    throw std::runtime_error("no free ports");
  }

 private:
  // Below the ephemeral range (32768..), so that no outgoing connection takes one.
  static constexpr int kFirst = 12'000;
  static constexpr int kPorts = 20'000;
  static constexpr int kBlock = 50;

  bool lock_another() {
    const auto folder =
        std::filesystem::temp_directory_path() / ("earshot-e2e-ports-" + std::to_string(::getuid()));
    std::filesystem::create_directories(folder);
    for (int block = 0; block < kPorts / kBlock; ++block) {
      const int first = kFirst + block * kBlock;
      // Not inherited: a program that a test leaves behind must not keep the block.
      const int file = ::open((folder / std::to_string(first)).c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
      if (file >= 0 && ::flock(file, LOCK_EX | LOCK_NB) == 0) {
        next_ = first;
        end_ = first + kBlock;
        return true;  // open, and so locked, until the process ends
      }
      if (file >= 0) ::close(file);
    }
    return false;
  }

  int next_ = 0;
  int end_ = 0;
};

}  // namespace

std::string binary(const std::string& name) {
  const char* folder = std::getenv("EARSHOT_BIN");
  if (folder == nullptr)
    throw std::runtime_error("EARSHOT_BIN must name the folder of the binaries (ctest sets it)");
  return std::string(folder) + "/" + name;
}

std::string scratch_folder() {
  static const Scratch scratch;
  static int counter = 0;
  const std::string path = scratch.path() + "/" + std::to_string(++counter);
  std::filesystem::create_directories(path);
  return path;
}

std::uint16_t free_ports(int count) {
  static PortBlocks blocks;
  return blocks.take(count);
}

System::System(Options options)
    : data_(scratch_folder()), command_{binary("earshot-gateway")}, workers_(options.workers) {
  mqtt_port_ = free_ports();
  udp_port_ = free_ports(options.shards);
  http_port_ = free_ports();
  ota_url_ = "http://127.0.0.1:" + std::to_string(http_port_) + "/xiaozhi/ota/";
  const auto set = [&](const std::string& assignment) {
    command_.push_back("--set");
    command_.push_back(assignment);
  };
  if (!options.gateway_config.empty()) {
    std::ofstream(gateway_config()) << options.gateway_config;
    command_.insert(command_.end(), {"--config", gateway_config()});
  }
  set("data_dir=" + data_ + "/data");
  set("mqtt.port=" + std::to_string(mqtt_port_));
  set("udp.port=" + std::to_string(udp_port_));
  set("udp.shards=" + std::to_string(options.shards));
  set("http.port=" + std::to_string(http_port_));
  set("workers.spawn=" + std::to_string(options.workers));
  if (!options.worker_config.empty()) {
    const std::string path = data_ + "/worker.yaml";
    std::ofstream(path) << options.worker_config;
    set("workers.config=" + path);
  }
  for (const auto& setting : options.gateway_settings) set(setting);
  start();
}

void System::start() {
  gateway_ = std::make_unique<ChildProcess>(command_, data_ + "/gateway.out", data_ + "/gateway.log");

  const auto deadline = std::chrono::steady_clock::now() + kReadyWithin;
  while (true) {
    const json::object now = health();
    const auto workers = json::find_int(now, "workers").value_or(0);
    if (json::find_string(now, "status") == "ready" && workers >= workers_) return;
    // Whose workers come later is never ready by itself.
    if (workers_ == 0 && json::find_bool(now, "broker_connected").value_or(false)) return;
    if (!gateway_->running() || std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error("the system did not become ready; its log:\n" + log());
    }
    // Polls another process: there is no event to wait for.
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

System::~System() {
  stop();
}

void System::stop() {
  gateway_->signal(SIGTERM);
  const auto code = gateway_->wait(kStoppedWithin);
  EXPECT_TRUE(code.has_value()) << "the gateway does not stop\n" << log();
  EXPECT_EQ(code.value_or(0), 0) << log();
  if (testing::Test::HasFailure()) {
    std::fprintf(stderr, "--- gateway and worker log (%s) ---\n%s\n", data_.c_str(), log().c_str());
  }
}

json::object System::health() const {
  const auto answer = http::request("GET", "http://127.0.0.1:" + std::to_string(http_port_) + "/healthz", {},
                                    "", Milliseconds(2000));
  if (!answer.ok()) return {};
  auto parsed = json::parse_object(answer->body, 1 << 20);
  return parsed.ok() ? std::move(parsed).value() : json::object{};
}

std::uint64_t System::counter(const std::string& name) const {
  const json::object now = health();
  const json::object* counters = json::find_object(now, "counters");
  if (counters == nullptr) return 0;
  return static_cast<std::uint64_t>(json::find_int(*counters, name).value_or(0));
}

std::vector<int> System::worker_pids() const {
  std::vector<int> pids;
  const std::string path = "/proc/" + std::to_string(gateway_->pid()) + "/task";
  for (const auto& task : std::filesystem::directory_iterator(path)) {
    std::ifstream children(task.path() / "children");
    for (int pid = 0; children >> pid;) {
      if (read_file("/proc/" + std::to_string(pid) + "/comm").starts_with("earshot-worker"))
        pids.push_back(pid);
    }
  }
  return pids;
}

}  // namespace earshot::e2e
