#include "bench/turn/noise_run.h"

#include <memory>

#include "bench/turn/device_talker.h"
#include "bench/turn/trace_lines.h"
#include "bench/turn/whole_system.h"
#include "common/asio/asio.h"
#include "common/base/startup_error.h"
#include "tests/fakes/noise_maker.h"

namespace earshot::bench {

namespace {

constexpr Milliseconds kAllConnectWithin{30'000};
constexpr Milliseconds kUntilAnswered{
    5000};  // a turn that the last of the noise made would have begun by then
constexpr std::size_t kNoiseFaultsKept = 5;

}  // namespace

NoiseResult run_noise(const NoisePlan& plan, Services& services) {
  services.set_plan({});
  NoiseResult result;
  const std::size_t requests_before = services.model_requests();
  asio::io_context io{1};
  std::vector<Pcm> rooms;
  for (const fakes::RoomSound sound : fakes::kRoomSounds)
    rooms.push_back(fakes::room_sound(sound, static_cast<double>(plan.length.count()) / 1000, 5));
  WholeSystem system(plan.bin, plan.folder,
                     "capacity: " + std::to_string(rooms.size() + 1) + "\ndrain_ms: 0\n" + plan.worker_yaml);
  std::size_t listening = 0;
  std::vector<std::unique_ptr<DeviceTalker>> devices;
  for (std::size_t i = 0; i < rooms.size(); ++i) {
    devices.push_back(std::make_unique<DeviceTalker>(
        io, system.ota_url(), i + 1, simulator::Mode::kRealtime,
        DeviceTalker::Handlers{.ready =
                                   [&, i] {
                                     ++listening;
                                     devices[i]->talk_over(rooms[i], Milliseconds(300));
                                   },
                               .turn = [](const DeviceTurn&) {},
                               .answer_sounds = nullptr,
                               .fault =
                                   [&](const std::string& what) {
                                     if (result.faults.size() < kNoiseFaultsKept)
                                       result.faults.push_back(what);
                                   }}));
  }
  for (const auto& device : devices) device->connect();
  const SteadyTime give_up = std::chrono::steady_clock::now() + kAllConnectWithin;
  while (listening < devices.size() && std::chrono::steady_clock::now() < give_up)
    io.run_one_for(Milliseconds(100));
  if (listening < devices.size())
    throw StartupError(ExitCode::kBug, "not every device listens:\n" + system.log());
  io.run_for(plan.length + kUntilAnswered);
  for (const auto& device : devices) device->hang_up();
  system.stop();
  result.minutes = static_cast<double>(rooms.size()) * static_cast<double>(plan.length.count()) / 60'000;
  result.turns = read_trace_lines(system.log()).turns;
  result.model_requests = services.model_requests() - requests_before;
  return result;
}

}  // namespace earshot::bench
