#include "gateway/broker/supervised_broker.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include "common/base/check.h"
#include "common/base/startup_error.h"
#include "common/log/log.h"
#include "common/log/log_limiter.h"
#include "gateway/broker/broker_process.h"
#include "gateway/broker/line_splitter.h"
#include "gateway/broker/mosquitto_conf.h"
#include "gateway/process/run_folder.h"

namespace earshot::broker {

namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

constexpr Milliseconds kReadyDeadline{5000};
constexpr Milliseconds kReadyPoll{10};
constexpr Milliseconds kStopPatience{2000};
constexpr Milliseconds kFirstRestartDelay{250};
constexpr Milliseconds kMaxRestartDelay{8000};
constexpr Milliseconds kLateness{1000};
constexpr Milliseconds kHealthyRun{10000};  // a run this long makes the next restart quick again
constexpr std::uint64_t kFilesBesideConnections = 64;
constexpr std::size_t kMaxKeyBytes = 4096;  // as the plugin reads

spdlog::logger& broker_log() {
  static spdlog::logger& logger = log::logger("broker");
  return logger;
}

fs::path find_mosquitto(const fs::path& wanted) {
  if (!wanted.empty()) return wanted;
  // Debian's place is not in every user's PATH.
  std::string folders = "/usr/sbin:";
  if (const char* path = std::getenv("PATH")) folders += path;
  for (std::size_t begin = 0; begin < folders.size();) {
    const std::size_t end = std::min(folders.find(':', begin), folders.size());
    const fs::path candidate = fs::path(folders.substr(begin, end - begin)) / "mosquitto";
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    begin = end + 1;
  }
  throw StartupError(
      ExitCode::kBroker,
      "mosquitto is not installed: install the package `mosquitto`, or use an external broker");
}

std::string describe(const BrokerListener& listener) {
  const bool v6 = listener.address.find(':') != std::string::npos;
  return (v6 ? "[" + listener.address + "]" : listener.address) + ":" + std::to_string(listener.port);
}

asio::ip::tcp::endpoint endpoint_of(const BrokerListener& listener) {
  error_code failure;
  const auto address = asio::ip::make_address(listener.address, failure);
  if (failure) throw StartupError(ExitCode::kConfig, "mqtt: '" + listener.address + "' is not an IP address");
  return {address, listener.port};
}

// mosquitto's own message for a busy port does not name the setting to change.
void require_free(asio::io_context& context, const BrokerListener& listener) {
  const auto endpoint = endpoint_of(listener);
  asio::ip::tcp::acceptor probe(context);
  error_code failure;
  probe.open(endpoint.protocol(), failure);
  if (!failure) probe.set_option(asio::socket_base::reuse_address(true), failure);
  if (!failure && endpoint.address().is_v6()) probe.set_option(asio::ip::v6_only(true), failure);
  if (!failure) probe.bind(endpoint, failure);
  if (!failure) probe.listen(1, failure);
  if (failure) {
    throw StartupError(ExitCode::kBind, "cannot listen for MQTT on " + describe(listener) + ": " +
                                            failure.message() + " (setting: mqtt.port)");
  }
}

bool answers(asio::io_context& context, const BrokerListener& listener) {
  asio::ip::tcp::socket probe(context);
  error_code failure;
  probe.connect(endpoint_of(listener), failure);  // on this host: accepted or refused at once
  return !failure;
}

void require_secret(const Secret& secret, const char* name) {
  const std::string_view text = secret.reveal();
  // The plugin strips line ends from the file, so a secret cannot end with one.
  if (text.empty() || text.size() > kMaxKeyBytes || text.back() == '\n' || text.back() == '\r') {
    throw StartupError(ExitCode::kConfig, std::string(name) + " is empty, too long or ends with a line end");
  }
}

void require(const Status& status) {
  if (!status.ok()) throw StartupError(ExitCode::kBroker, "broker's run folder: " + status.error().message);
}

}  // namespace

class SupervisedBroker::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(asio::io_context& context, BrokerSettings settings)
      : context_(context), settings_(std::move(settings)), restart_timer_(context), hang_timer_(context) {}

  void start() {
    EARSHOT_CHECK(!process_ && !stopping_, "a broker is started once");
    program_ = find_mosquitto(settings_.mosquitto);
    if (::access(settings_.plugin.c_str(), R_OK) != 0) {
      throw StartupError(ExitCode::kBroker, "the broker's plugin is not there: " + settings_.plugin.string());
    }
    write_files();
    for (const BrokerListener& listener : settings_.listeners) require_free(context_, listener);
    auto spawned = spawn();
    if (!spawned.ok()) throw StartupError(ExitCode::kBroker, spawned.error().message);
    process_.emplace(std::move(*spawned));
    wait_until_ready();
    watch();
    broker_log().info("broker ready listener={} pid={}", describe(settings_.listeners.front()),
                      process_->pid());
  }

  void stop() {
    if (std::exchange(stopping_, true)) return;
    restart_timer_.cancel();
    hang_timer_.cancel();
    end_watch();
    if (process_) process_->stop(kStopPatience);
    process_.reset();
  }

  void link_is(bool connected) {
    link_watched_ = true;
    if (connected) {
      hang_timer_.cancel();
      return;
    }
    await_link();
  }

  int pid() const { return process_ ? process_->pid() : 0; }
  int restarts() const { return restarts_; }
  int hung() const { return hung_; }

 private:
  void write_files() {
    require_secret(settings_.device_key, "the device key");
    require_secret(settings_.gateway_password, "the gateway's broker password");
    require(prepare_run_folder(settings_.run_folder));
    std::error_code failure;
    const fs::path folder = fs::canonical(settings_.run_folder, failure);
    if (failure) throw StartupError(ExitCode::kBroker, "broker's run folder: " + failure.message());
    settings_.plugin = fs::absolute(settings_.plugin);

    const ConfFiles files{.device_key = folder / "device.key",
                          .gateway_password = folder / "gateway.password"};
    const auto conf = mosquitto_conf(settings_, files, ::geteuid() == 0);
    if (!conf.ok()) throw StartupError(ExitCode::kConfig, "broker: " + conf.error().message);
    conf_file_ = folder / "mosquitto.conf";
    require(write_private_file(files.device_key, settings_.device_key.reveal()));
    require(write_private_file(files.gateway_password, settings_.gateway_password.reveal()));
    require(write_private_file(conf_file_, *conf));
  }

  Result<BrokerProcess> spawn() {
    started_ = steady_clock::now();
    return BrokerProcess::spawn(program_, {"-c", conf_file_.string()},
                                settings_.max_connections + kFilesBesideConnections);
  }

  void wait_until_ready() {
    const auto deadline = steady_clock::now() + kReadyDeadline;
    std::string said;
    std::size_t ready = 0;  // listeners that answered, in order
    while (ready < settings_.listeners.size()) {
      const auto end = process_->wait(kReadyPoll);
      said += process_->read_log();
      if (end || steady_clock::now() > deadline) {
        process_.reset();
        const std::string why = end ? "ended with " + *end : std::string("did not answer within 5 s");
        throw StartupError(ExitCode::kBroker, "the broker " + why + ": " + last_words(said));
      }
      if (answers(context_, settings_.listeners[ready])) ++ready;
    }
    forward(said);
  }

  static std::string last_words(const std::string& said) {
    constexpr std::size_t kEnough = 600;
    std::string words;
    LineSplitter lines;
    lines.feed(said.size() > kEnough ? said.substr(said.size() - kEnough) : said,
               [&words](std::string_view line) { words.append(words.empty() ? "" : " / ").append(line); });
    return words.empty() ? "it said nothing" : words;
  }

  void watch() {
    // The descriptors belong to the process: they are released, not closed, when the watch ends.
    exit_watch_.emplace(context_, process_->exit_descriptor());
    exit_watch_->async_wait(asio::posix::stream_descriptor::wait_read,
                            [self = shared_from_this()](error_code failure) {
                              if (!failure) self->process_ended();
                            });
    log_watch_.emplace(context_, process_->log_descriptor());
    watch_log();
  }

  void end_watch() {
    if (exit_watch_) exit_watch_->release();
    if (log_watch_) log_watch_->release();
    exit_watch_.reset();
    log_watch_.reset();
  }

  void watch_log() {
    log_watch_->async_wait(asio::posix::stream_descriptor::wait_read,
                           [self = shared_from_this()](error_code failure) {
                             if (failure || self->stopping_ || !self->process_) return;
                             const std::string text = self->process_->read_log();
                             if (text.empty()) return;  // the end of the stream: exit_watch_ tells the rest
                             self->forward(text);
                             self->watch_log();
                           });
  }

  // mosquitto logs errors and warnings only (mosquitto_conf.cc).
  void forward(std::string_view text) {
    lines_.feed(text, [this](std::string_view line) {
      const auto verdict = limiter_.ask(steady_clock::now());
      if (!verdict.log) return;
      broker_log().warn("mosquitto: {}", line);
      if (verdict.suppressed > 0) broker_log().warn("mosquitto: {} lines left out", verdict.suppressed);
    });
  }

  void process_ended() {
    if (stopping_ || !process_) return;
    const auto end = process_->wait(Milliseconds(0));
    forward(process_->read_log());
    end_watch();
    process_.reset();
    if (steady_clock::now() - started_ >= kHealthyRun) restart_delay_ = kFirstRestartDelay;
    broker_log().error("broker died end=\"{}\"; devices cannot be reached, restarting in {} ms",
                       end.value_or("unknown"), restart_delay_.count());
    restart_later();
  }

  // A process that lives, and to which our own link cannot log in.
  void await_link() {
    if (stopping_) return;
    const SteadyTime due = steady_clock::now() + settings_.patience;
    hang_timer_.expires_at(due);
    hang_timer_.async_wait([self = shared_from_this(), due](error_code failure) {
      if (failure || self->stopping_ || !self->process_) return;  // restart() waits anew
      // Late by so much, it was us who stood still: the link had no time to log in either.
      if (steady_clock::now() - due > kLateness) return self->await_link();
      self->kill_hung();
    });
  }

  void kill_hung() {
    ++hung_;
    broker_log().error("broker hangs pid={}; our link could not log in for {} ms, killing it",
                       process_->pid(), settings_.patience.count());
    process_->kill();  // exit_watch_ tells the rest
  }

  void restart_later() {
    restart_timer_.expires_after(restart_delay_);
    restart_delay_ = std::min(restart_delay_ * 2, kMaxRestartDelay);
    restart_timer_.async_wait([self = shared_from_this()](error_code failure) {
      if (!failure && !self->stopping_) self->restart();
    });
  }

  void restart() {
    auto spawned = spawn();
    if (!spawned.ok()) {
      broker_log().error("broker not restarted reason=\"{}\"", spawned.error().message);
      restart_later();
      return;
    }
    process_.emplace(std::move(*spawned));
    ++restarts_;
    watch();
    if (link_watched_) await_link();
    broker_log().info("broker restarted pid={}", process_->pid());
  }

  asio::io_context& context_;
  BrokerSettings settings_;
  fs::path program_;
  fs::path conf_file_;
  std::optional<BrokerProcess> process_;
  std::optional<asio::posix::stream_descriptor> exit_watch_;
  std::optional<asio::posix::stream_descriptor> log_watch_;
  asio::steady_timer restart_timer_;
  asio::steady_timer hang_timer_;  // runs while the link is not logged in
  Milliseconds restart_delay_ = kFirstRestartDelay;
  SteadyTime started_{};
  LineSplitter lines_;
  log::LogLimiter limiter_{20, Milliseconds(10000)};
  int restarts_ = 0;
  int hung_ = 0;
  bool link_watched_ = false;
  bool stopping_ = false;
};

SupervisedBroker::SupervisedBroker(asio::io_context& context, BrokerSettings settings)
    : impl_(std::make_shared<Impl>(context, std::move(settings))) {}

SupervisedBroker::~SupervisedBroker() {
  impl_->stop();
}

void SupervisedBroker::start() {
  impl_->start();
}

void SupervisedBroker::stop() {
  impl_->stop();
}

void SupervisedBroker::link_is(bool connected) {
  impl_->link_is(connected);
}

int SupervisedBroker::pid() const {
  return impl_->pid();
}

int SupervisedBroker::restarts() const {
  return impl_->restarts();
}

int SupervisedBroker::hung() const {
  return impl_->hung();
}

}  // namespace earshot::broker
