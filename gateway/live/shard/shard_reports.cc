#include "gateway/live/shard/shard_reports.h"

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
void ShardReports::post_bounded(std::atomic<std::size_t>& pending, std::size_t limit, Report report) {
  if (pending.fetch_add(1, std::memory_order_relaxed) >= limit) {
    pending.fetch_sub(1, std::memory_order_relaxed);
    dropped_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  asio::post(executor_, [&pending, handlers = handlers_, report = std::move(report)] {
    pending.fetch_sub(1, std::memory_order_relaxed);
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

void ShardReports::session_moved(const DeviceId& device, const SessionId& session, std::string_view worker) {
  post([device, session, worker = std::string(worker)](const Handlers& to) {
    if (to.on_session_moved) to.on_session_moved(device, session, worker);
  });
}

void ShardReports::session_closed(const DeviceId& device, const SessionId& session, std::string_view reason) {
  post([device, session, reason = std::string(reason)](const Handlers& to) {
    if (to.on_session_closed) to.on_session_closed(device, session, reason);
  });
}

void ShardReports::device_refused(const auth::ClientId& client, AdmissionVerdict why) {
  post_bounded([client, why](const Handlers& to) {
    if (to.on_refused) to.on_refused(client, why);
  });
}

void ShardReports::speak_ready(const DeviceId& device, const SessionId& session) {
  post_bounded([device, session](const Handlers& to) {
    if (to.on_speak_ready) to.on_speak_ready(device, session);
  });
}

void ShardReports::turn_ended(TurnNews turn) {
  post_bounded(pending_turns_, kMaxPendingTurns, [turn = std::move(turn)](const Handlers& to) {
    if (to.on_turn_ended) to.on_turn_ended(turn);
  });
}

void ShardReports::say_ended(SayNews say) {
  post_bounded([say = std::move(say)](const Handlers& to) {
    if (to.on_say_ended) to.on_say_ended(say);
  });
}

void ShardReports::notebook(const DeviceId& device, NotebookNews notebook) {
  post_bounded([device, notebook = std::move(notebook)](const Handlers& to) {
    if (to.on_notebook) to.on_notebook(device, notebook);
  });
}

void ShardReports::memory(const DeviceId& device, const SessionId& session, ipc::MemoryUp wanted) {
  // The user was told that it is done.
  const bool promised = wanted.has_change();
  auto report = [device, session, wanted = std::move(wanted)](const Handlers& to) {
    if (to.on_memory) to.on_memory(device, session, wanted);
  };
  if (promised) return post(std::move(report));
  post_bounded(std::move(report));
}

void ShardReports::agents_taken(AgentsNews agents) {
  post_bounded([agents = std::move(agents)](const Handlers& to) {
    if (to.on_agents_taken) to.on_agents_taken(agents);
  });
}

}  // namespace earshot::gateway
