#include "gateway/control/devices/serial_challenges.h"

#include <algorithm>
#include <array>

#include "common/base/bytes.h"
#include "common/base/hmac.h"
#include "common/base/random.h"

namespace earshot::gateway {

std::string SerialChallenges::make(const Applicant& applicant, SteadyTime now) {
  forget_old(now);
  const auto same = [&](const Challenge& open) { return open.applicant == applicant; };
  if (std::ranges::count_if(open_, same) >= static_cast<std::ptrdiff_t>(kPerApplicant)) {
    open_.erase(std::ranges::find_if(open_, same));
  }
  if (open_.size() >= kMaxOpen) open_.pop_front();
  std::array<std::uint8_t, 32> bytes{};
  fill_random(bytes);
  open_.push_back({.text = to_hex(bytes), .applicant = applicant, .expires = now + kLife, .proven = false});
  return open_.back().text;
}

SerialChallenges::Verdict SerialChallenges::answer(const Applicant& applicant, std::string_view challenge,
                                                   std::string_view hmac_hex, const Secret& key,
                                                   SteadyTime now) {
  forget_old(now);
  const auto asked = std::ranges::find_if(
      open_, [&](const Challenge& open) { return open.applicant == applicant && open.text == challenge; });
  if (asked == open_.end()) return Verdict::kUnknown;
  const Secret expected(to_hex(hmac_sha256(as_bytes(key.reveal()), as_bytes(challenge))));
  if (key.empty() || !equal_in_constant_time(expected.reveal(), hmac_hex)) return Verdict::kWrong;
  asked->proven = true;
  return Verdict::kProven;
}

bool SerialChallenges::is_proven(const Applicant& applicant, SteadyTime now) const {
  return std::ranges::any_of(open_, [&](const Challenge& open) {
    return open.proven && open.applicant == applicant && open.expires > now;
  });
}

void SerialChallenges::use_up(const Applicant& applicant) {
  std::erase_if(open_, [&](const Challenge& open) { return open.proven && open.applicant == applicant; });
}

void SerialChallenges::forget_old(SteadyTime now) {
  while (!open_.empty() && open_.front().expires <= now) open_.pop_front();
}

}  // namespace earshot::gateway
