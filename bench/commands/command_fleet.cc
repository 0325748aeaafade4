#include "bench/commands/command_fleet.h"

#include <utility>

#include "bench/simulator/ota_client.h"

namespace earshot::bench {

namespace {

constexpr std::uint64_t kSeed = 7'000'000;
constexpr std::size_t kUnderWay = 64;
constexpr auto kPatience = std::chrono::seconds(30);

}  // namespace

CommandFleet::CommandFleet(std::size_t devices) {
  for (std::size_t i = 0; i < devices; ++i) {
    macs_.push_back(simulator::make_identity(kSeed + i).mac);
    auto device = std::make_unique<Device>();
    auto tools = simulator::make_tools({"status", "volume", "brightness"}, device->status);
    device->mcp = std::make_unique<simulator::McpDevice>(std::move(tools).value(), "bench", "2.4.2");
    devices_.push_back(std::move(device));
  }
}

Status CommandFleet::connect(const std::string& ota_url) {
  std::vector<simulator::OtaAnswer::Mqtt> logins;
  for (std::size_t i = 0; i < macs_.size(); ++i) {
    simulator::Violations broken;
    auto answer = simulator::ask_ota(ota_url, simulator::make_identity(kSeed + i), broken);
    if (!answer) return answer.error();
    if (!answer->mqtt) return Error{ErrorCode::kInvalid, "the OTA answer names no broker"};
    logins.push_back(std::move(*answer->mqtt));
  }
  fleet_ = std::make_unique<simulator::ControlFleet>(
      std::move(logins),
      simulator::ControlFleet::Handlers{
          .on_connected = [](std::size_t) {},
          .on_message = [this](std::size_t device, std::string_view text) { answer(device, text); }});
  const auto limit = std::chrono::steady_clock::now() + kPatience;
  std::size_t begun = 0;
  while (fleet_->connected() < macs_.size()) {
    while (begun < std::min(macs_.size(), fleet_->connected() + kUnderWay)) fleet_->connect(begun++);
    fleet_->poll(Milliseconds(10));
    if (fleet_->lost() > 0 || std::chrono::steady_clock::now() > limit) {
      return Error{ErrorCode::kTimeout, "a device cannot connect: " + fleet_->last_error()};
    }
  }
  return kDone;
}

void CommandFleet::run() {
  while (!stopped_) fleet_->poll(Milliseconds(20));
  fleet_->disconnect_all();
}

void CommandFleet::answer(std::size_t device, std::string_view text) {
  const auto message = json::parse_object(text, 64 * 1024);
  const auto* payload = message ? json::find_object(*message, "payload") : nullptr;
  if (payload == nullptr) return;
  simulator::Violations broken;
  const auto request = devices_[device]->mcp->receive(*payload, broken);
  std::optional<std::string> reply = request.reply;
  if (request.run) {
    ++called_;
    reply = devices_[device]->mcp->run(*request.run).reply;
  }
  if (reply) fleet_->publish(device, R"({"session_id":"","type":"mcp","payload":)" + *reply + "}");
}

}  // namespace earshot::bench
