// The six-digit codes that devices show while they wait for their owner: who was given which, for how long,
// and who types them in. Pure.
//
// Bounded: `max_open` codes. One address holds at most `per_peer` of them (an IPv6 /64 counts as one); when
// the book is full, the address that holds the most gives one up, else the IPv6 site (/48) that does, so that a
// flood of invented MACs from a few places pushes out itself and not a device at home. When all hold as much,
// the oldest code goes, once it is kLeftBehind old: nobody fills the book for a day.
//
// Codes are uniform over 000000..999999, unique among the open ones, and rest for a day after they were
// closed: a number still on some display must not open another device.
//
// Guessing: each wrong code costs its user and its address one of kWrongCodes, which come back one in
// kWrongCodeRefill, 77 on the first day. With the usual handful of open codes a guesser with an account needs
// years; with the book full (one number in a thousand is open) two weeks, and the audit log shows each try.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/base/rate_limiter.h"
#include "common/base/result.h"
#include "common/json/json.h"
#include "gateway/store/records.h"

namespace earshot::gateway {

// Who waits. The same applicant keeps its code as long as that is open.
struct Applicant {
  DeviceId device;
  std::string uuid;    // auth::credential_uuid()
  std::string serial;  // as told; may be empty
  bool operator==(const Applicant&) const = default;
};

struct OpenCode {
  std::string code;  // six digits
  Applicant applicant;
  std::string peer;  // http::limit_key()
  store::WallTime expires{};
};

struct ActivationLimits {
  Milliseconds life = std::chrono::hours(24);
  std::size_t max_open = 1000;
  std::size_t per_peer = 50;  // devices behind one address that wait at the same time
};

class ActivationBook {
 public:
  static constexpr std::uint32_t kWrongCodes = 5;
  static constexpr Milliseconds kWrongCodeRefill = std::chrono::minutes(20);
  static constexpr std::size_t kMaxResting = 10'000;
  static constexpr Milliseconds kLeftBehind = std::chrono::hours(1);

  using RandomU32 = std::function<std::uint32_t()>;
  ActivationBook(const ActivationLimits& limits, RandomU32 random);

  // The applicant's open code, or a new one.
  // Errors: kUnavailable, the peer has too many, or the book is full of young codes of peers with no more.
  Result<std::string> code_for(const Applicant& applicant, std::string_view peer, store::WallTime now);
  const OpenCode* find(const Applicant& applicant, store::WallTime now) const;

  // Somebody typed `code` (spaces and dashes are forgiven).
  // Errors: kNotFound; kUnavailable: too many wrong ones, try later. A code is not used up: close() it when
  // the device is bound.
  Result<OpenCode> look_up(std::string_view code, std::string_view user, std::string_view peer,
                           store::WallTime now, SteadyTime steady_now);
  void close(std::string_view code, store::WallTime now);
  // All codes of a device: it is bound, or forgotten.
  void close_all(const DeviceId& device, store::WallTime now);

  void expire(store::WallTime now);  // closes what is over
  // Devices that lost their code without being bound since the last call.
  std::vector<DeviceId> take_forgotten() { return std::exchange(forgotten_, {}); }

  std::size_t open() const { return by_code_.size(); }
  std::uint64_t pushed_out() const { return pushed_out_; }
  std::uint64_t changes() const { return changes_; }  // grows with each: when to save

  // For the store: what survives a restart, as JSON. load() takes what save() gave and leaves out what is
  // over or damaged.
  std::string save() const;
  void load(std::string_view json, store::WallTime now);
  // What another gateway has saved: its open codes are ours too, so that they can be typed in here, and what it
  // has closed is closed.
  void merge(std::string_view json, store::WallTime now);

 private:
  using ByCode = std::map<std::string, OpenCode, std::less<>>;
  using Key = std::pair<DeviceId, std::string>;  // device, uuid

  void add(OpenCode code);
  void add_open(const json::object& saved, store::WallTime now);
  void forget(ByCode::iterator code, store::WallTime now);
  void remove(ByCode::iterator code, store::WallTime now);
  bool make_room(std::string_view peer, store::WallTime now);
  template <class HolderOf>
  bool push_out(HolderOf holder_of, const std::string& newcomer, store::WallTime now);
  bool push_out_left_behind(store::WallTime now);
  template <class Belongs>
  bool give_up_oldest(Belongs belongs, store::WallTime now);
  std::string unused_code();
  bool rests(std::string_view code) const;

  ActivationLimits limits_;
  RandomU32 random_;
  ByCode by_code_;
  std::map<Key, std::string> by_applicant_;                      // -> code
  std::map<std::string, std::size_t, std::less<>> by_peer_;      // -> how many
  std::deque<std::pair<std::string, store::WallTime>> resting_;  // closed ones, oldest first
  std::vector<DeviceId> forgotten_;                              // at most as many as the book may hold
  RateLimiter wrong_by_user_;
  RateLimiter wrong_by_peer_;
  std::uint64_t pushed_out_ = 0;
  std::uint64_t changes_ = 0;
};

}  // namespace earshot::gateway
