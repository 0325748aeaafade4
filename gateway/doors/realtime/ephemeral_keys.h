// Keys that a server asks for and hands to its browser or app: good for a while, and for one kind of session.
//
//   ek_<expiry, hex seconds>_<16 random hex digits>_<HMAC-SHA-256 of the text before it, hex>
//
// What the session is to begin with is kept here by the random part. A key of which it is not known (of another
// gateway, of one before a restart, too old) opens nothing: a session without its instructions is not what it was made
// for. Pure.
//
// Runs on: its owner's thread.
// Bounded: kMaxKept sessions; the oldest is forgotten, and its key with it.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/secret.h"
#include "common/json/json.h"

namespace earshot::gateway {

class EphemeralKeys {
 public:
  static constexpr std::chrono::seconds kShortest{10};
  static constexpr std::chrono::seconds kUsual{600};
  static constexpr std::chrono::seconds kLongest{7200};
  static constexpr std::size_t kMaxKept = 1000;

  struct Grant {
    std::string caller;  // who asked for the key
    json::object session;
  };

  explicit EphemeralKeys(const Secret& device_key);

  // `random`: 16 hex digits, never used before.
  Secret make(Grant grant, std::chrono::sys_seconds expiry, std::string_view random);
  // nullopt: not one of ours, over, or forgotten.
  std::optional<Grant> read(std::string_view key, std::chrono::sys_seconds now) const;

 private:
  struct Kept {
    std::string random;
    Grant grant;
  };
  std::string signature(std::string_view text) const;

  Secret key_;
  std::deque<Kept> kept_;
};

}  // namespace earshot::gateway
