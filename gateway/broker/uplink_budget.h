// How much each device may say to the broker. Pure; used by the broker's plugin.
//
// Attack: a device with good credentials publishes, subscribes or logs in as fast as it can, and so takes the
// time of the broker, of its shard and of its worker from everybody else. What is beyond the budget is dropped
// here, before anybody works on it; who goes on is disconnected.
//
// By device and not by connection: neither a new connection nor ten at once begin a new budget.
// Bounded: about 500 bytes for each device that has lately used some (rate_limiter.h).
#pragma once

#include <cstdint>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/rate_limiter.h"

namespace earshot::broker {

class UplinkBudget {
 public:
  enum class Verdict { kGood, kDrop, kKick };

  // A conversation needs below 1 kB/s; at its begin a device of 82 tools says 33 kB in a second, and a tool's
  // answer with a picture is up to 128 KiB. Photos and firmware go over HTTP.
  static constexpr std::uint32_t kBytesPerSecond = 64'000;
  static constexpr std::uint32_t kBurstBytes = 256 * 1024;
  static constexpr std::uint32_t kBytesPerMessage = 256;  // what each costs besides: at most 250 a second
  // The firmware says hello once a conversation, and again when 10 s have brought no answer.
  static constexpr std::uint32_t kHelloBurst = 5;
  static constexpr Milliseconds kHelloEach{1000};
  // The firmware's MQTT client waits 10 s before it connects again.
  static constexpr std::uint32_t kLoginBurst = 10;
  static constexpr Milliseconds kLoginEach{2000};

  // A message to publish, or a subscription (without payload).
  Verdict say(std::string_view client_id, std::string_view payload, SteadyTime now);
  // A good password was shown.
  // RETURNS: false: too often; it is not let in.
  bool log_in(std::string_view client_id, SteadyTime now) { return logins_.take(device_of(client_id), now); }
  // Whether the log shall tell that it was disconnected.
  bool tell(std::string_view client_id, SteadyTime now) { return lines_.take(device_of(client_id), now); }

 private:
  static constexpr std::uint32_t kUnitBytes = kBytesPerSecond / 1000;  // come back each millisecond
  static constexpr std::size_t kMaxDevices = 16'384;                   // the broker lets 12,000 in

  // The middle of `group@@@mac@@@uuid`; LoginPolicy has checked it.
  static std::string_view device_of(std::string_view client_id);

  RateLimiter bytes_{{.burst = kBurstBytes / kUnitBytes, .refill = Milliseconds(1), .max_keys = kMaxDevices}};
  RateLimiter hellos_{{.burst = kHelloBurst, .refill = kHelloEach, .max_keys = kMaxDevices}};
  RateLimiter logins_{{.burst = kLoginBurst, .refill = kLoginEach, .max_keys = kMaxDevices}};
  // How often it may be told to be slower by a drop alone.
  RateLimiter patience_{{.burst = 200, .refill = Milliseconds(100), .max_keys = kMaxDevices}};
  RateLimiter lines_{{.burst = 3, .refill = Milliseconds(60'000), .max_keys = kMaxDevices}};
};

// Whether a message is a hello, as far as can be said without reading it: the gateway counts what is written
// so that it is not seen here.
bool looks_like_hello(std::string_view payload);

}  // namespace earshot::broker
