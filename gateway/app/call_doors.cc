#include "gateway/app/call_doors.h"

#include <functional>

namespace earshot::gateway {

CallDoors::CallDoors(const Executor& executor, const Secret& device_key, const GatewayConfig& config,
                     const Clock& clock, const Ports& ports) {
  if (config.realtime.enabled) {
    realtime_.emplace(executor, device_key, config.realtime.require_key, clock,
                      RealtimeDoor::Ports{
                          .identify = ports.identify, .models = ports.agents, .hand_over = ports.hand_over});
  }
  if (config.coze.enabled) {
    coze_.emplace(config.coze.require_key, clock,
                  CozeDoor::Ports{.identify = ports.identify, .hand_over = ports.hand_over});
  }
}

api::MakeTalkKey CallDoors::talk_keys() {
  if (!realtime_) return {};
  return std::bind_front(&RealtimeDoor::key_for_page, &*realtime_);
}

void CallDoors::mount(http::Router& router) {
  if (realtime_) realtime_->mount(router);
  if (coze_) coze_->mount(router);
}

void CallDoors::visit_counters(
    const std::function<void(std::string_view name, std::uint64_t value)>& visit) const {
  if (realtime_) realtime_->counters().visit(visit);
  if (coze_) coze_->counters().visit(visit);
}

}  // namespace earshot::gateway
