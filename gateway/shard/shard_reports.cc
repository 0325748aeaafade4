#include "gateway/shard/shard_reports.h"

#include <utility>

namespace earshot::gateway {

ShardReports::ShardReports(Executor executor) : executor_(std::move(executor)) {}

void ShardReports::listen(Handlers handlers) {
  *handlers_ = std::move(handlers);
}

template <class Report>
void ShardReports::post(Report report) {
  asio::post(executor_, [handlers = handlers_, report = std::move(report)] { report(*handlers); });
}

template <class Report>
void ShardReports::post_bounded(Report report) {
  if (pending_.fetch_add(1, std::memory_order_relaxed) >= kMaxPending) {
    pending_.fetch_sub(1, std::memory_order_relaxed);
    dropped_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  asio::post(executor_, [this, handlers = handlers_, report = std::move(report)] {
    pending_.fetch_sub(1, std::memory_order_relaxed);
    report(*handlers);
  });
}

void ShardReports::device_hello(const DeviceId& device, const DeviceFeatures& features) {
  post_bounded([device, features](const Handlers& to) {
    if (to.on_hello) to.on_hello(device, features);
  });
}

void ShardReports::session_opened(const DeviceId& device, const SessionId& session, std::string_view worker) {
  post([device, session, worker = std::string(worker)](const Handlers& to) {
    if (to.on_session_opened) to.on_session_opened(device, session, worker);
  });
}

void ShardReports::session_closed(const DeviceId& device, const SessionId& session, std::string_view reason) {
  post([device, session, reason = std::string(reason)](const Handlers& to) {
    if (to.on_session_closed) to.on_session_closed(device, session, reason);
  });
}

void ShardReports::command_reply(const DeviceId& device, std::string_view payload) {
  post_bounded([device, payload = std::string(payload)](const Handlers& to) {
    if (to.on_command_reply) to.on_command_reply(device, payload);
  });
}

void ShardReports::broken_command_reply(const DeviceId& device, std::int64_t id, std::string_view text) {
  post_bounded([device, id, text = std::string(text)](const Handlers& to) {
    if (to.on_broken_reply) to.on_broken_reply(device, id, text);
  });
}

void ShardReports::device_refused(const auth::ClientId& client, AdmissionVerdict why) {
  post_bounded([client, why](const Handlers& to) {
    if (to.on_refused) to.on_refused(client, why);
  });
}

}  // namespace earshot::gateway
