#include "gateway/control/workers/join_desk.h"

#include <algorithm>
#include <utility>

#include "common/base/bytes.h"
#include "common/base/random.h"
#include "common/base/sha256.h"
#include "common/log/log.h"
#include "common/tls/join_token.h"

namespace earshot::gateway {

namespace {

spdlog::logger& logger() {
  static spdlog::logger& instance = log::logger("join");
  return instance;
}

constexpr const char* kAskForNew = "; ask for a new one: earshotctl workers join-token";

template <std::size_t kBytes>
std::string random_text() {
  std::array<std::uint8_t, kBytes> bytes{};
  fill_random(bytes);
  return std::string(as_text(bytes));
}

ipc::JoinAnswer refuse(std::string why) {
  ipc::JoinAnswer answer;
  answer.set_refused(std::move(why));
  return answer;
}

// An id is public and hostile: the log shows it only as digits.
std::string shown(std::string_view id) {
  return to_hex(as_bytes(id.substr(0, tls::kTokenIdBytes)));
}

}  // namespace

Result<JoinDesk::Offer> JoinDesk::offer(const Wish& wish) {
  if (!wish.name.empty() && !tls::is_worker_name(wish.name))
    return Error{ErrorCode::kInvalid, "name: must be 1 to 64 of A-Z a-z 0-9 . _ -"};
  if (wish.valid < kShortestLife || wish.valid > kLongestLife)
    return Error{ErrorCode::kInvalid, "valid: must be between one minute and 24 hours"};
  const auto authority = pki_.authority_facts();
  if (!authority) return Error{ErrorCode::kUnavailable, authority.error().message};
  const auto own = pki_.gateway_facts();
  if (!own) return Error{ErrorCode::kUnavailable, own.error().message};
  std::string host = wish.host;
  if (host.empty() && !own->hosts.empty()) host = own->hosts.front();
  if (std::ranges::find(own->hosts, host) == own->hosts.end()) {
    return Error{ErrorCode::kInvalid, "host: the gateway's certificate does not bear '" + host +
                                          "': earshotctl pki init --renew --host NAME for each of its names"};
  }
  const SteadyTime now = clock_.now();
  forget_old(now);
  const auto waiting = std::ranges::count_if(tokens_, [&](const auto& entry) {
    return entry.second.state == State::kWaits && entry.second.expires > now;
  });
  if (static_cast<std::size_t>(waiting) >= kMaxTokens)
    return Error{ErrorCode::kUnavailable, "64 tokens wait to be used already; they expire"};
  const std::string secret = random_text<tls::kTokenSecretBytes>();
  const tls::JoinToken token{
      .id = random_text<tls::kTokenIdBytes>(), .secret = Secret(secret), .authority = authority->fingerprint};
  tokens_[token.id] = {
      .secret_hash = sha256(as_bytes(secret)), .name = wish.name, .expires = now + wish.valid};
  return Offer{.line = tls::join_line({.host = host, .port = port_, .token = token}),
               .id = shown(token.id),
               .expires = clock_.wall() + wish.valid};
}

std::string JoinDesk::answer(std::string_view request, std::string_view peer) {
  ipc::JoinRequest parsed;
  ipc::JoinAnswer answer;
  if (parsed.ParseFromArray(request.data(), static_cast<int>(request.size())))
    answer = answer_to(parsed);
  else
    answer = refuse("the gateway does not understand it: run the same version at both ends");
  if (answer.refused().empty())
    logger().info("a worker has joined worker={} token={} address={}", answer.worker(),
                  shown(parsed.token_id()), peer);
  else
    logger().warn("a worker may not join token={} address={} why=\"{}\"", shown(parsed.token_id()), peer,
                  answer.refused());
  return answer.SerializeAsString();
}

ipc::JoinAnswer JoinDesk::answer_to(const ipc::JoinRequest& request) {
  const SteadyTime now = clock_.now();
  forget_old(now);
  const auto found = tokens_.find(request.token_id());
  // The same words for an id that is not known and a wrong secret: nothing is to be learnt by trying.
  const auto hash = sha256(as_bytes(request.token_secret()));
  if (found == tokens_.end() || !equal_in_constant_time(as_text(found->second.secret_hash), as_text(hash))) {
    return refuse(std::string("the gateway does not know this token: it may have been restarted since") +
                  kAskForNew);
  }
  Token& token = found->second;
  if (token.state == State::kUsed) return refuse(std::string("this token was used already") + kAskForNew);
  if (token.expires <= now)
    return refuse(std::string("this token has expired, by the gateway's clock") + kAskForNew);
  const std::string name = token.name.empty() ? request.worker() : token.name;
  auto certificate = pki_.sign_worker(name, request.request(), clock_.wall(), !token.name.empty());
  if (!certificate) {
    // The token is still good: the worker may ask again under another name.
    return refuse(
        certificate.error().message +
        (certificate.error().code == ErrorCode::kInvalid && token.name.empty()
             ? ": start it with --id OTHER-NAME, or replace that one with earshotctl workers join-token "
               "--name NAME"
             : ""));
  }
  const auto identity = pki_.gateway();
  if (!identity) return refuse("the gateway cannot read its own authority");
  token.state = State::kUsed;
  ipc::JoinAnswer answer;
  answer.set_worker(name);
  answer.set_certificate(*certificate);
  answer.set_authority(identity->authority);
  return answer;
}

void JoinDesk::forget_old(SteadyTime now) {
  std::erase_if(tokens_, [&](const auto& entry) { return entry.second.expires + kRemembered < now; });
  // Used ones are remembered only to tell so.
  while (tokens_.size() > 4 * kMaxTokens)
    tokens_.erase(
        std::ranges::min_element(tokens_, {}, [](const auto& entry) { return entry.second.expires; }));
}

}  // namespace earshot::gateway
