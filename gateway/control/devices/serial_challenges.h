// Challenges for chips with a serial number: what was asked of whom, and who has answered rightly. Pure.
//
// The device answers HMAC-SHA256(key of its serial number, challenge) at /activate and asks OTA again
// (device-protocol 1.3). It repeats the same answer while it waits for its owner, so a challenge stays open
// until the answer has brought credentials or its time is up; it is good for the one device, uuid and serial
// number that it was made for.
// Bounded: kMaxOpen, and kPerApplicant for one applicant; the oldest one goes.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/secret.h"
#include "gateway/control/devices/activation_book.h"

namespace earshot::gateway {

class SerialChallenges {
 public:
  // Ten tries of the firmware with up to 10 s between them, and py-xiaozhi's 60 tries 5 s apart.
  static constexpr Milliseconds kLife = std::chrono::minutes(10);
  static constexpr std::size_t kMaxOpen = 4096;
  static constexpr std::size_t kPerApplicant = 4;

  // A fresh one: 32 random bytes, as hex.
  std::string make(const Applicant& applicant, SteadyTime now);

  enum class Verdict { kProven, kUnknown, kWrong };
  // Constant-time in the proof. kUnknown: never asked, too old, or asked of somebody else.
  Verdict answer(const Applicant& applicant, std::string_view challenge, std::string_view hmac_hex,
                 const Secret& key, SteadyTime now);
  bool is_proven(const Applicant& applicant, SteadyTime now) const;
  // The proof has brought what it was for.
  void use_up(const Applicant& applicant);

  std::size_t open() const { return open_.size(); }

 private:
  struct Challenge {
    std::string text;
    Applicant applicant;
    SteadyTime expires;
    bool proven = false;
  };
  void forget_old(SteadyTime now);

  std::deque<Challenge> open_;  // oldest first
};

}  // namespace earshot::gateway
