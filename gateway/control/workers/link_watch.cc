#include "gateway/control/workers/link_watch.h"

#include <utility>

#include "common/base/startup_error.h"
#include "common/log/log.h"
#include "common/tls/link_contexts.h"

namespace earshot::gateway {

namespace {

spdlog::logger& link_watch_logger() {
  static spdlog::logger& instance = log::logger("workers");
  return instance;
}

constexpr std::chrono::hours kDay{24};

}  // namespace

std::shared_ptr<LinkWatch> LinkWatch::create(const Executor& executor, const Clock& clock, tls::PkiFolder pki,
                                             OnKeys on_keys) {
  const std::shared_ptr<LinkWatch> made(new LinkWatch(executor, clock, std::move(pki), std::move(on_keys)));
  made->seen_ = made->marks();  // before they are read: a change in between is seen later
  auto keys = made->read();
  if (!keys) {
    throw StartupError(ExitCode::kConfig,
                       "workers.remote_listen: " + keys.error().message +
                           (made->pki_.exists()
                                ? ""
                                : "; make one with earshotctl pki init --dir " + made->pki_.path().string()));
  }
  made->keys_ = std::move(keys).value();
  return made;
}

LinkWatch::LinkWatch(const Executor& executor, const Clock& clock, tls::PkiFolder pki, OnKeys on_keys)
    : clock_(clock), pki_(std::move(pki)), on_keys_(std::move(on_keys)), timer_(executor) {}

void LinkWatch::start() {
  on_keys_(keys_);
  warn_of_expiry();
  look_later();
}

void LinkWatch::stop() {
  on_keys_ = {};
  timer_.cancel();
}

void LinkWatch::look() {
  if (!on_keys_) return;
  warn_of_expiry();
  Marks now = marks();
  if (now == seen_) return;
  seen_ = std::move(now);
  auto keys = read();
  if (!keys) {
    link_watch_logger().error(
        "the new certificates of the workers' link are not used, the old ones stay why=\"{}\"",
        keys.error().message);
    return;
  }
  keys_ = std::move(keys).value();
  link_watch_logger().info("certificates of the workers' link read again revoked={}", keys_->revoked.size());
  on_keys_(keys_);
}

LinkWatch::Marks LinkWatch::marks() const {
  Marks marks;
  for (const auto& file : pki_.watched()) marks.push_back(file_mark(file));
  return marks;
}

Result<LinkKeysPtr> LinkWatch::read() const {
  const auto identity = pki_.gateway();
  if (!identity) return identity.error();
  auto revoked = pki_.revoked();
  if (!revoked) return revoked.error();
  const auto authority = tls::facts_of(identity->authority);
  if (!authority)
    return Error{authority.error().code, pki_.path().string() + ": " + authority.error().message};
  auto context = tls::LinkContexts::gateway(*identity, *revoked);
  if (!context) return Error{context.error().code, pki_.path().string() + ": " + context.error().message};
  return LinkKeysPtr(std::make_shared<LinkKeys>(LinkKeys{.context = std::move(context).value(),
                                                         .revoked = std::move(revoked).value(),
                                                         .authority = authority->fingerprint}));
}

void LinkWatch::warn_of_expiry() {
  if (clock_.now() < next_warning_) return;
  next_warning_ = clock_.now() + kDay;
  const auto facts = pki_.gateway_facts();
  if (!facts || facts->until > clock_.wall() + kWarnBefore) return;
  const auto days = std::chrono::duration_cast<std::chrono::hours>(facts->until - clock_.wall()).count() / 24;
  link_watch_logger().warn(
      "the gateway's certificate for workers expires days={}: earshotctl pki init --renew", days);
}

void LinkWatch::look_later() {
  timer_.expires_after(kLookEvery);
  timer_.async_wait([weak = weak_from_this()](error_code failure) {
    const auto self = weak.lock();
    if (failure || !self || !self->on_keys_) return;
    self->look();
    self->look_later();
  });
}

}  // namespace earshot::gateway
