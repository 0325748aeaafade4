#include "gateway/control/say/notice_store.h"

#include <array>
#include <charconv>
#include <utility>

#include "common/base/bytes.h"
#include "common/base/random.h"
#include "common/base/secret.h"

namespace earshot::gateway {

namespace {
constexpr std::string_view kSuffix = ".ogg";
}  // namespace

std::optional<NoticeStore::Kept> NoticeStore::put(std::string file, SteadyTime now) {
  forget_old(now);
  if (files_.size() >= kMaxFiles || file.size() > kMaxBytes - bytes_) return std::nullopt;
  std::array<std::uint8_t, 16> random{};
  fill_random(random);
  bytes_ += file.size();
  File& kept = files_[++last_];
  kept = {.secret = to_hex(random), .bytes = std::move(file), .until = now + kLife};
  return Kept{last_, "/xiaozhi/speech/" + std::to_string(last_) + "/" + kept.secret + std::string(kSuffix)};
}

std::optional<NoticeStore::Found> NoticeStore::find(std::string_view number, std::string_view secret,
                                                    SteadyTime now) const {
  std::uint64_t wanted = 0;
  const char* const end = number.data() + number.size();
  if (const auto read = std::from_chars(number.data(), end, wanted);
      read.ec != std::errc() || read.ptr != end)
    return std::nullopt;
  const auto found = files_.find(wanted);
  if (found == files_.end() || !secret.ends_with(kSuffix)) return std::nullopt;
  secret.remove_suffix(kSuffix.size());
  if (!equal_in_constant_time(found->second.secret, secret) || now >= found->second.until)
    return std::nullopt;
  return Found{wanted, found->second.bytes};
}

void NoticeStore::erase(std::uint64_t number) {
  const auto found = files_.find(number);
  if (found == files_.end()) return;
  bytes_ -= found->second.bytes.size();
  files_.erase(found);
}

void NoticeStore::forget_old(SteadyTime now) {
  while (!files_.empty() && now >= files_.begin()->second.until) erase(files_.begin()->first);
}

}  // namespace earshot::gateway
