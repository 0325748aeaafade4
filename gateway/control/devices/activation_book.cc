#include "gateway/control/devices/activation_book.h"

#include <algorithm>

#include "common/json/json.h"

namespace earshot::gateway {

namespace {

constexpr std::uint32_t kCodes = 1'000'000;
constexpr std::size_t kDigits = 6;
constexpr std::size_t kMaxSavedBytes = 4 * 1024 * 1024;

bool is_code(std::string_view text) {
  return text.size() == kDigits && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// As people type what they hear: "123 456", "123-456".
std::string digits_of(std::string_view typed) {
  std::string digits;
  for (const char c : typed.substr(0, 32)) {
    if (c != ' ' && c != '-') digits.push_back(c);
  }
  return digits;
}

std::int64_t to_ms(store::WallTime time) {
  return time.time_since_epoch().count();
}

// The /48 of an IPv6 network as http::limit_key() writes it: what one customer gets. Others are their own.
std::string site_of(std::string_view peer) {
  if (!peer.ends_with("/64")) return std::string(peer);
  std::size_t end = 0;
  for (int group = 0; group < 3 && end != std::string_view::npos; ++group) {
    end = peer.find(':', group == 0 ? 0 : end + 1);
  }
  return std::string(peer.substr(0, end));
}

RateLimiter::Rate wrong_codes() {
  return {.burst = ActivationBook::kWrongCodes, .refill = ActivationBook::kWrongCodeRefill};
}

}  // namespace

ActivationBook::ActivationBook(const ActivationLimits& limits, RandomU32 random)
    : limits_(limits),
      random_(std::move(random)),
      wrong_by_user_(wrong_codes()),
      wrong_by_peer_(wrong_codes()) {}

Result<std::string> ActivationBook::code_for(const Applicant& applicant, std::string_view peer,
                                             store::WallTime now) {
  if (const auto known = by_applicant_.find({applicant.device, applicant.uuid});
      known != by_applicant_.end()) {
    const auto open = by_code_.find(known->second);
    if (open->second.expires > now && open->second.applicant == applicant) return open->first;
    remove(open, now);
  }
  if (!make_room(peer, now)) {
    return Error{ErrorCode::kUnavailable, "too many devices wait for their owner already"};
  }
  OpenCode open{.code = unused_code(),
                .applicant = applicant,
                .peer = std::string(peer),
                .expires = now + limits_.life};
  std::string code = open.code;
  add(std::move(open));
  return code;
}

const OpenCode* ActivationBook::find(const Applicant& applicant, store::WallTime now) const {
  const auto known = by_applicant_.find({applicant.device, applicant.uuid});
  if (known == by_applicant_.end()) return nullptr;
  const OpenCode& open = by_code_.find(known->second)->second;
  return open.expires > now ? &open : nullptr;
}

Result<OpenCode> ActivationBook::look_up(std::string_view code, std::string_view user, std::string_view peer,
                                         store::WallTime now, SteadyTime steady_now) {
  // Before the code is looked at: who has used up his tries learns nothing more, not even from a right one.
  if (!wrong_by_user_.has(user, steady_now) || !wrong_by_peer_.has(peer, steady_now)) {
    return Error{ErrorCode::kUnavailable, "too many wrong codes: try again later"};
  }
  const auto open = by_code_.find(digits_of(code));
  if (open != by_code_.end() && open->second.expires > now) return open->second;
  wrong_by_user_.take(user, steady_now);
  wrong_by_peer_.take(peer, steady_now);
  return Error{ErrorCode::kNotFound,
               "no device shows this code now: look again, a code changes within a day"};
}

void ActivationBook::close(std::string_view code, store::WallTime now) {
  if (const auto open = by_code_.find(code); open != by_code_.end()) remove(open, now);
}

void ActivationBook::close_all(const DeviceId& device, store::WallTime now) {
  auto next = by_applicant_.lower_bound({device, ""});
  while (next != by_applicant_.end() && next->first.first == device) {
    const auto code = by_code_.find(next->second);
    ++next;
    remove(code, now);
  }
}

void ActivationBook::expire(store::WallTime now) {
  for (auto code = by_code_.begin(); code != by_code_.end();) {
    const auto here = code++;
    if (here->second.expires <= now) forget(here, now);
  }
  while (!resting_.empty() && resting_.front().second <= now) resting_.pop_front();
}

std::string ActivationBook::save() const {
  json::array codes;
  for (const auto& [code, open] : by_code_) {
    codes.push_back(json::object{{"code", code},
                                 {"device", open.applicant.device.text()},
                                 {"uuid", open.applicant.uuid},
                                 {"serial", open.applicant.serial},
                                 {"peer", open.peer},
                                 {"expires", to_ms(open.expires)}});
  }
  json::array resting;
  for (const auto& [code, until] : resting_) resting.push_back(json::array{code, to_ms(until)});
  return json::serialize(json::object{{"open", std::move(codes)}, {"resting", std::move(resting)}});
}

void ActivationBook::load(std::string_view json, store::WallTime now) {
  const auto root = json::parse_object(json, kMaxSavedBytes);
  if (!root) return;
  if (const json::array* resting = json::find_array(*root, "resting")) {
    for (const json::value& entry : *resting) {
      const json::array* pair = entry.if_array();
      if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_string() || !(*pair)[1].is_int64()) continue;
      const store::WallTime until{Milliseconds((*pair)[1].get_int64())};
      if (until > now) resting_.emplace_back((*pair)[0].get_string(), until);
    }
  }
  add_open(*root, now);
}

void ActivationBook::merge(std::string_view json, store::WallTime now) {
  const auto root = json::parse_object(json, kMaxSavedBytes);
  if (!root) return;
  if (const json::array* resting = json::find_array(*root, "resting")) {
    for (const json::value& entry : *resting) {
      const json::array* pair = entry.if_array();
      if (pair == nullptr || pair->empty() || !(*pair)[0].is_string()) continue;
      close(std::string_view((*pair)[0].get_string()), now);
    }
  }
  add_open(*root, now);
}

void ActivationBook::add_open(const json::object& saved, store::WallTime now) {
  const auto text = [](const json::object& from, std::string_view key) {
    return std::string(json::find_string(from, key).value_or(""));
  };
  const json::array* codes = json::find_array(saved, "open");
  if (codes == nullptr) return;
  for (const json::value& entry : *codes) {
    const json::object* from = entry.if_object();
    if (from == nullptr || by_code_.size() >= limits_.max_open) continue;
    const auto device = DeviceId::parse(text(*from, "device"));
    OpenCode open{.code = text(*from, "code"),
                  .applicant = {.device = device.value_or(DeviceId()),
                                .uuid = text(*from, "uuid"),
                                .serial = text(*from, "serial")},
                  .peer = text(*from, "peer"),
                  .expires = store::WallTime(Milliseconds(json::find_int(*from, "expires").value_or(0)))};
    const bool taken = by_code_.contains(open.code) ||
                       by_applicant_.contains({open.applicant.device, open.applicant.uuid}) ||
                       rests(open.code);
    if (device && is_code(open.code) && open.expires > now && !taken) add(std::move(open));
  }
}

void ActivationBook::add(OpenCode code) {
  ++changes_;
  ++by_peer_[code.peer];
  by_applicant_[{code.applicant.device, code.applicant.uuid}] = code.code;
  std::string key = code.code;
  by_code_.emplace(std::move(key), std::move(code));
}

void ActivationBook::forget(ByCode::iterator code, store::WallTime now) {
  if (forgotten_.size() < limits_.max_open) forgotten_.push_back(code->second.applicant.device);
  remove(code, now);
}

void ActivationBook::remove(ByCode::iterator code, store::WallTime now) {
  ++changes_;
  const auto peer = by_peer_.find(code->second.peer);
  if (--peer->second == 0) by_peer_.erase(peer);
  by_applicant_.erase({code->second.applicant.device, code->second.applicant.uuid});
  resting_.emplace_back(code->first, now + limits_.life);
  if (resting_.size() > kMaxResting) resting_.pop_front();
  by_code_.erase(code);
}

// The attack: one host asks with a new MAC a thousand times a second, so that no real device gets a code.
bool ActivationBook::make_room(std::string_view peer, store::WallTime now) {
  if (by_code_.size() >= limits_.max_open) expire(now);
  const auto mine = by_peer_.find(peer);
  const std::size_t mine_open = mine == by_peer_.end() ? 0 : mine->second;
  if (mine_open >= limits_.per_peer) return false;
  if (by_code_.size() < limits_.max_open) return true;
  return push_out([](const OpenCode& open) { return open.peer; }, std::string(peer), now) ||
         // An IPv6 site has 65,536 networks of its own, each with one code.
         push_out([](const OpenCode& open) { return site_of(open.peer); }, site_of(peer), now) ||
         push_out_left_behind(now);
}

// Whoever holds the most gives up his oldest code, when the newcomer then still holds less.
template <class HolderOf>
bool ActivationBook::push_out(HolderOf holder_of, const std::string& newcomer, store::WallTime now) {
  std::map<std::string, std::size_t> held;
  for (const auto& [code, open] : by_code_) ++held[holder_of(open)];
  const auto greediest = std::ranges::max_element(held, {}, [](const auto& entry) { return entry.second; });
  if (greediest == held.end() || greediest->second <= held[newcomer] + 1) return false;
  give_up_oldest([&](const OpenCode& open) { return holder_of(open) == greediest->first; }, now);
  return true;
}

// A device that has shown its code for an hour is not being bound; it gets a new one when it boots.
bool ActivationBook::push_out_left_behind(store::WallTime now) {
  const store::WallTime before = now + limits_.life - kLeftBehind;
  return give_up_oldest([&](const OpenCode& open) { return open.expires <= before; }, now);
}

// All have the same life, so the oldest expires first.
template <class Belongs>
bool ActivationBook::give_up_oldest(Belongs belongs, store::WallTime now) {
  auto oldest = by_code_.end();
  for (auto code = by_code_.begin(); code != by_code_.end(); ++code) {
    if (!belongs(code->second)) continue;
    if (oldest == by_code_.end() || code->second.expires < oldest->second.expires) oldest = code;
  }
  if (oldest == by_code_.end()) return false;
  forget(oldest, now);
  ++pushed_out_;
  return true;
}

std::string ActivationBook::unused_code() {
  // At most 11,000 of 1,000,000 are taken: more than a few tries are as good as impossible.
  while (true) {
    std::uint32_t number = random_();
    // 2^32 is no multiple of a million: the last incomplete million would make small codes likelier.
    constexpr std::uint32_t kFair = 4'294'000'000;
    if (number >= kFair) continue;
    number %= kCodes;
    std::string code = std::to_string(number);
    code.insert(0, kDigits - code.size(), '0');
    if (!by_code_.contains(code) && !rests(code)) return code;
  }
}

bool ActivationBook::rests(std::string_view code) const {
  return std::ranges::any_of(resting_, [&](const auto& entry) { return entry.first == code; });
}

}  // namespace earshot::gateway
