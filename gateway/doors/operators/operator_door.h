// Operators on the broker: their commands in, receipts and events out, and the table of who may log in for
// the broker's plugin (docs/commands.md).
//
// Runs on: the gateway's main executor, except post(), which may be called from any thread.
// Owns: the table of operators.
// Borrows: link, commands and hub; they outlive it.
// Bounded: kMaxPending messages wait for the executor; each operator has kBurst commands at once and then one
// every kRefill. What is beyond is dropped and counted; so is what the link does not take.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/base/counters.h"
#include "common/base/rate_limiter.h"
#include "gateway/broker/mqtt_link.h"
#include "gateway/control/commands/command_service.h"
#include "gateway/control/events/event_hub.h"
#include "gateway/store/records.h"

namespace earshot::gateway {

enum class OperatorEvent {
  kCommand,
  kUnknownOperator,  // a foreign broker let in somebody that we do not know
  kBadDevice,
  kBadRequest,
  kRateLimited,
  kRefused,
  kAnswered,  // on a response topic
  kCount
};
inline constexpr std::array<std::string_view, static_cast<std::size_t>(OperatorEvent::kCount)>
    kOperatorEventNames{"operator_command",     "operator_unknown",      "operator_bad_device",
                        "operator_bad_request", "operator_rate_limited", "operator_refused",
                        "operator_answered"};
using OperatorCounters = Counters<OperatorEvent, kOperatorEventNames>;

class OperatorDoor {
 public:
  static constexpr std::size_t kMaxPending = 8192;
  static constexpr std::uint32_t kBurst = 2000;
  static constexpr Milliseconds kRefill{2};

  OperatorDoor(Executor executor, broker::MqttLink& link, commands::CommandService& commands, EventHub& hub,
               const Clock& clock);
  ~OperatorDoor();
  OperatorDoor(const OperatorDoor&) = delete;
  OperatorDoor& operator=(const OperatorDoor&) = delete;

  // Who there is; on each change.
  void set_operators(const std::vector<store::BrokerOperator>& all);
  // The broker's plugin knows nobody after a restart.
  void broker_connected() { publish_table(); }

  void post(const broker::OperatorMessage& message);
  // Any thread. Until it is told otherwise, somebody reads events.
  void event_readers(bool any) { events_read_.store(any, std::memory_order_relaxed); }

  const OperatorCounters& counters() const { return counters_; }
  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  struct Order {
    std::string operator_name;
    std::string device;
    std::string payload;
    std::string response_topic;
    std::string correlation;
  };

  void handle(const Order& order);
  void given(const Order& order, const commands::Given& given);
  void refuse(const Order& order, const std::string& device, const std::string& id, std::string_view code,
              std::string_view message);
  void answer(const Order& order, const std::string& receipt);
  void publish_receipt(const store::Command& command);
  void publish_event(const gateway::Event& event);
  void publish_table();

  Executor executor_;
  broker::MqttLink& link_;
  commands::CommandService& commands_;
  EventHub& hub_;
  const Clock& clock_;
  EventHub::Subscription subscription_ = 0;
  std::map<std::string, store::BrokerOperator, std::less<>> operators_;
  RateLimiter rate_{{.burst = kBurst, .refill = kRefill, .max_keys = 1024}};
  OperatorCounters counters_;
  std::atomic<bool> events_read_{true};
  std::atomic<std::size_t> pending_{0};
  std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace earshot::gateway
