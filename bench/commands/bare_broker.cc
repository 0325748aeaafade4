#include "bench/commands/bare_broker.h"

#include <signal.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <memory>
#include <thread>
#include <utility>

#include "bench/simulator/load/control_fleet.h"
#include "common/json/json.h"
#include "tests/e2e/child_process.h"

namespace earshot::bench {

namespace {

constexpr auto kBarePatience = std::chrono::seconds(30);
constexpr std::size_t kConnectingAtOnce = 64;

std::vector<simulator::OtaAnswer::Mqtt> bare_logins(const std::vector<std::string>& macs,
                                                    std::uint16_t port) {
  std::vector<simulator::OtaAnswer::Mqtt> logins;
  for (const std::string& mac : macs) {
    logins.push_back({.host = "127.0.0.1",
                      .port = port,
                      .client_id = mac,
                      .username = "bare",
                      .password = Secret("bare"),
                      .publish_topic = "earshot/receipt/" + mac + "/bare"});
  }
  return logins;
}

Status connect_all(simulator::ControlFleet& fleet, std::size_t devices) {
  const auto limit = std::chrono::steady_clock::now() + kBarePatience;
  std::size_t begun = 0;
  while (fleet.connected() < devices) {
    while (begun < std::min(devices, fleet.connected() + kConnectingAtOnce)) fleet.connect(begun++);
    fleet.poll(Milliseconds(10));
    if (fleet.lost() > 0 || std::chrono::steady_clock::now() > limit)
      return Error{ErrorCode::kTimeout, "a device cannot connect to the bare broker: " + fleet.last_error()};
  }
  return kDone;
}

}  // namespace

Result<OperatorClient::Summary> bare_round_trips(const std::filesystem::path& folder, std::uint16_t port,
                                                 const std::vector<std::string>& macs, std::size_t count,
                                                 const std::string& request) {
  const auto conf = folder / "bare.conf";
  std::ofstream(conf) << "listener " << port << " 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n"
                      << "persistence false\nsys_interval 0\nlog_type error\n"
                      << "max_queued_messages " << count + 1000 << "\n";
  const std::filesystem::path usual = "/usr/sbin/mosquitto";
  const std::string program = std::filesystem::exists(usual) ? usual.string() : "mosquitto";
  e2e::ChildProcess broker({program, "-c", conf.string()}, (folder / "bare.out").string(),
                           (folder / "bare.log").string());

  OperatorClient asker;
  Status in = Error{ErrorCode::kUnavailable, "the bare broker does not start"};
  for (int i = 0; i < 100 && !in; ++i) {
    std::this_thread::sleep_for(Milliseconds(20));  // polls another process
    in = asker.connect(port, "bare", "bare");
  }
  if (!in) return Error{in.error().code, in.error().message + " " + broker.errors()};

  simulator::ControlFleet* devices = nullptr;
  simulator::ControlFleet fleet(
      bare_logins(macs, port),
      {.on_connected =
           [&](std::size_t device) { devices->subscribe(device, "earshot/command/" + macs[device]); },
       .on_message =
           [&](std::size_t device, std::string_view text) {
             const auto asked = json::parse_object(text, 64 * 1024);
             const auto id = asked ? json::find_string(*asked, "id").value_or("") : std::string_view();
             devices->publish(device, json::serialize(json::object{{"id", id}, {"state", "answered"}}));
           }});
  devices = &fleet;
  if (auto done = connect_all(fleet, macs.size()); !done) return done.error();
  // The subscriptions are on their way: the broker has read them when it has read what was sent behind them.
  for (int i = 0; i < 20; ++i) fleet.poll(Milliseconds(10));

  std::atomic<bool> stopped = false;
  std::thread thread([&] {
    while (!stopped) fleet.poll(Milliseconds(20));
  });
  for (std::size_t i = 0; i < count; ++i) {
    const std::string id = "bare-" + std::to_string(i);
    std::string text = request;
    asker.command(macs[i % macs.size()], id, text.replace(text.find('%'), 1, id));
  }
  asker.wait_for(count, Milliseconds(30'000));
  stopped = true;
  thread.join();
  broker.signal(SIGTERM);
  broker.wait(std::chrono::milliseconds(5000));
  return asker.take();
}

}  // namespace earshot::bench
