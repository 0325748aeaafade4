#include "bench/simulator/load/load.h"

#include <sys/resource.h>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <optional>
#include <utility>

#include "bench/simulator/load/datagram_fleet.h"
#include "bench/simulator/load/load_control.h"
#include "bench/simulator/load/load_report.h"
#include "bench/simulator/load/load_traffic.h"
#include "bench/simulator/load/process_meter.h"
#include "bench/simulator/talk_options.h"

namespace earshot::simulator {

namespace {

constexpr double kDrainSeconds = 0.5;  // what is on its way arrives
constexpr double kSettleSeconds = 0.3;
constexpr double kFramesPerSecond = 1000.0 / 60;
constexpr double kMaxFramesOfSpeech = 1000;  // what a gateway queues for a session
constexpr std::uint8_t kAudioHeaderType = 1;

class LoadRun {
 public:
  explicit LoadRun(const LoadOptions& options) : options_(options), control_(options) {
    report_.kind = options.kind;
    report_.devices = options.devices;
    report_.seconds = options.seconds;
    report_.faulty_network = options.loss_percent > 0 || options.rebind || options.jitter > Milliseconds(0);
  }

  Status run() {
    if (Status there = check_processes(); !there) return there;
    if (Status ready = options_.udp_port != 0 ? use_given_sessions() : open_sessions(); !ready) return ready;
    std::optional<DatagramFleet> datagrams;
    std::size_t sockets = options_.devices;
    if (!options_.websocket) {
      sockets = LoadTraffic::sockets_for(keys_.size());
      datagrams.emplace(sockets + 1, host_, port_);
    }
    LoadTraffic traffic(options_, datagrams ? *datagrams : *control_.audio(), sockets, keys_, report_);
    if (options_.kind == LoadKind::kTalk) {
      hear_speech(traffic);
    } else {
      hold_conversation(traffic);
    }
    traffic.finish();
    report_.failed_devices = control_.lost();
    control_.leave();
    return check_processes();
  }

  LoadReport& report() { return report_; }

 private:
  // Nothing can be measured of a process that is not there.
  Status check_processes() const {
    for (const NamedPid& named : options_.pids) {
      if (!process_lives(named.pid))
        return Error{ErrorCode::kNotFound,
                     "there is no process " + std::to_string(named.pid) + " (" + named.name + ")"};
    }
    return kDone;
  }

  Status use_given_sessions() {
    host_ = options_.udp_host;
    port_ = options_.udp_port;
    use_numbered_sessions({.key = options_.key});
    return kDone;
  }

  // ssrc 1 to N.
  void use_numbered_sessions(StreamKeys keys) {
    for (std::uint32_t ssrc = 1; ssrc <= options_.devices; ++ssrc) {
      keys.ssrc = ssrc;
      keys.nonce = Block{kAudioHeaderType};
      store_be32(keys.nonce.data() + 4, ssrc);
      keys_.push_back(keys);
    }
  }

  Status open_sessions() {
    const auto ota = control_.ask_ota();
    if (!ota) return ota.error();
    report_.ota_s = *ota;
    const double before = idle_kb();
    const auto connected = control_.connect();
    if (!connected) return connected.error();
    const auto devices = static_cast<double>(options_.devices);
    if (before > 0) report_.rss_kb_idle_device = (idle_kb() - before) / devices;
    gateway_kb_without_sessions_ = use_of("gateway").rss_kb;
    const auto greeted = control_.say_hello();
    if (!greeted) return greeted.error();
    report_.connect_s = *connected + *greeted;
    report_.connects_per_s = devices / *connected;
    report_.hellos_per_s = devices / *greeted;
    if (options_.websocket) {
      use_numbered_sessions({.sealed = false});
      return kDone;
    }
    const auto& hellos = control_.hellos();
    for (const ServerHello& hello : hellos) {
      keys_.push_back({.ssrc = read_header(hello.nonce).ssrc, .key = hello.key, .nonce = hello.nonce});
    }
    host_ = hellos.front().udp_host;
    port_ = hellos.front().udp_port;
    for (const ServerHello& hello : hellos) {
      if (hello.udp_port != port_ || hello.udp_host != host_) {
        return Error{ErrorCode::kInvalid, "devices were sent to different UDP ports: run with one shard"};
      }
    }
    return kDone;
  }

  void hold_conversation(LoadTraffic& traffic) {
    if (options_.udp_port == 0) {
      for (std::size_t i = 0; i < options_.devices; ++i) {
        control_.say(i, options_.kind == LoadKind::kUp
                            ? R"("type":"listen","state":"start","mode":"auto")"
                            : R"("type":"listen","state":"start","mode":"realtime")");
      }
    }
    const auto poll = [this] {
      if (options_.udp_port == 0) control_.poll();
    };
    traffic.run(kSettleSeconds, false, false, poll);
    traffic.run(options_.warmup, true, false, poll);
    begin_window();
    traffic.run(options_.seconds, true, true, poll);
    end_window(2 * options_.seconds * kFramesPerSecond, options_.kind == LoadKind::kUp ? 0.5 : 1);
    traffic.run(kDrainSeconds, false, true, poll);
  }

  // All are spoken to at once; in the end one after the other interrupts.
  void hear_speech(LoadTraffic& traffic) {
    const auto poll = [this] { control_.poll(); };
    std::size_t next = 0;
    const auto each_begins = [&] {
      control_.poll();
      if (next == options_.devices) return;
      control_.say(next, R"("type":"listen","state":"start","mode":"auto")");
      traffic.send_one(next++);  // from here the server knows where the device is
    };
    const double devices_s = static_cast<double>(options_.devices) / 1000;
    traffic.run(devices_s + kSettleSeconds, false, false, each_begins);

    const double speech_s = options_.warmup + options_.seconds + 2 * devices_s + 2;
    const auto frames =
        static_cast<int>(std::min(kMaxFramesOfSpeech, std::ceil(speech_s * kFramesPerSecond)));
    const std::string order = R"("type":"listen","state":"detect","text":"say )" + std::to_string(frames) +
                              " " + std::to_string(options_.payload_bytes) + R"(")";
    next = 0;
    const auto each_asks = [&] {
      control_.poll();
      if (next < options_.devices) control_.say(next++, order);
    };
    traffic.run(devices_s + options_.warmup, false, false, each_asks);
    begin_window();
    traffic.run(options_.seconds, false, true, poll);
    end_window(options_.seconds * kFramesPerSecond, 1);

    next = 0;
    const auto each_aborts = [&] {
      if (next < options_.devices) {
        traffic.note_abort(next);
        control_.say(next++, R"("type":"abort")");
      }
      control_.poll();
    };
    traffic.run(devices_s + kDrainSeconds, false, false, each_aborts);
  }

  void begin_window() {
    began_.clear();
    for (const NamedPid& named : options_.pids) began_.push_back(measure_process(named.pid));
    own_began_ns_ = own_cpu_ns();
    window_began_ = std::chrono::steady_clock::now();
  }

  // `frames` a device in both directions together; `share` of them were forwarded.
  void end_window(double frames, double share) {
    const std::chrono::duration<double> window = std::chrono::steady_clock::now() - window_began_;
    const auto percent = [&](std::int64_t cpu_ns) {
      return static_cast<double>(cpu_ns) / 1e7 / window.count();
    };
    for (std::size_t i = 0; i < options_.pids.size(); ++i) {
      const ProcessUse use = measure_process(options_.pids[i].pid);
      const std::int64_t cpu_ns = use.cpu_ns - began_[i].cpu_ns;
      report_.cpu_percent.emplace_back(options_.pids[i].name, percent(cpu_ns));
      if (options_.pids[i].name != "gateway") continue;
      const double packets = frames * share * static_cast<double>(options_.devices);
      report_.cpu_us_per_packet = static_cast<double>(cpu_ns) / 1e3 / packets;
      if (gateway_kb_without_sessions_ > 0) {
        report_.rss_kb_session = static_cast<double>(use.rss_kb - gateway_kb_without_sessions_) /
                                 static_cast<double>(options_.devices);
      }
    }
    report_.cpu_percent.emplace_back("simulator", percent(own_cpu_ns() - own_began_ns_));
  }

  ProcessUse use_of(const std::string& name) const {
    for (const NamedPid& named : options_.pids) {
      if (named.name == name) return measure_process(named.pid);
    }
    return {};
  }
  double idle_kb() const { return static_cast<double>(use_of("gateway").rss_kb + use_of("broker").rss_kb); }

  const LoadOptions& options_;
  LoadReport report_;
  LoadControl control_;
  std::string host_;
  std::uint16_t port_ = 0;
  std::vector<StreamKeys> keys_;
  std::int64_t gateway_kb_without_sessions_ = 0;
  std::vector<ProcessUse> began_;
  std::int64_t own_began_ns_ = 0;
  SteadyTime window_began_{};
};

// A device is one TCP connection here, and the usual limit is 1024 files.
void allow_many_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

Status write(const std::string& path, const std::string& text) {
  if (path == "-") {
    std::puts(text.c_str());
  } else if (!path.empty()) {
    std::ofstream file(path);
    file << text << "\n" << std::flush;
    if (!file) return Error{ErrorCode::kUnavailable, "cannot write " + path};
  }
  return kDone;
}

}  // namespace

int run_load(const LoadOptions& options) {
  const auto give_up = [](const std::string& why) {
    std::fprintf(stderr, "earshot-sim: %s\n", why.c_str());
    return kExitFailed;
  };
  allow_many_files();
  LoadRun run(options);
  if (const Status done = run.run(); !done) return give_up(done.error().message);
  LoadReport& report = run.report();
  if (!options.quiet) std::fputs(to_text(report).c_str(), stderr);
  if (const Status written = write(options.json_path, to_json(report)); !written)
    return give_up(written.error().message);
  if (const auto failure = report.failure()) return give_up(*failure);
  return kExitOk;
}

}  // namespace earshot::simulator
