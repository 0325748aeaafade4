#include "gateway/api/routes/system_routes.h"

#include <algorithm>
#include <map>

namespace earshot::gateway::api {

namespace {

struct WorkerSum {
  std::string version;
  std::uint32_t capacity = 0;
  std::uint32_t sessions = 0;
  std::uint32_t busy_permille = 0;
  bool draining = false;
  std::vector<WorkerAssignment::Trouble> troubles;
};

std::string_view name_of(ipc::ProviderTrouble::State state) {
  switch (state) {
    case ipc::ProviderTrouble::ANSWERS_AGAIN:
      return "answers_again";
    case ipc::ProviderTrouble::LEFT_ALONE:
      return "left_alone";
    default:  // a worker may be newer than we are
      return "fails";
  }
}

json::array render_troubles(const std::vector<WorkerAssignment::Trouble>& troubles) {
  json::array items;
  for (const auto& trouble : troubles) {
    items.push_back(json::object{{"stage", trouble.stage},
                                 {"provider", trouble.provider},
                                 {"state", name_of(trouble.state)},
                                 {"why", trouble.why},
                                 {"failed_ms_ago", trouble.failed_ago.count()}});
  }
  return items;
}

// A worker has a link to each shard; it tells each its whole capacity and load, its sessions are the shard's.
std::map<std::string, WorkerSum> sum_workers(const std::vector<ShardStats>& shards) {
  std::map<std::string, WorkerSum> workers;
  for (const ShardStats& shard : shards) {
    for (const auto& view : shard.workers) {
      WorkerSum& sum = workers[view.id];
      sum.version = view.version;
      sum.capacity = std::max(sum.capacity, view.capacity);
      sum.sessions += view.sessions;
      sum.busy_permille = std::max(sum.busy_permille, view.busy_permille);
      sum.draining = sum.draining || view.draining;
      sum.troubles = view.troubles;
    }
  }
  return workers;
}

}  // namespace

void SystemRoutes::add_routes(ApiRouter& routes) {
  routes.read("/api/v1/workers", Scope::kSystemRead, [this](const CallPtr& call) { list_workers(call); });
  routes.write("POST", "/api/v1/workers/{id}/drain", Scope::kSystemWrite, "worker.drain",
               [this](const CallPtr& call) { drain_worker(call); }, {.body = BodyKind::kNone});
  routes.read("/api/v1/sessions", Scope::kSystemRead, [this](const CallPtr& call) { list_sessions(call); });
  routes.write("DELETE", "/api/v1/sessions/{session}", Scope::kCommands, "session.end",
               [this](const CallPtr& call) { end_session(call); }, {.body = BodyKind::kNone});
  routes.read("/api/v1/system", Scope::kSystemRead, [this](const CallPtr& call) { show_system(call); });
  routes.write("POST", "/api/v1/system/reload", Scope::kSystemWrite, "system.reload",
               [this](const CallPtr& call) { reload(call); }, {.body = BodyKind::kNone});
}

bool SystemRoutes::has_started(Call& call) const {
  if (!shards_.empty()) return true;
  call.fail(503, "the gateway is starting; try again in a moment");
  return false;
}

void SystemRoutes::reload(const CallPtr& call) const {
  if (!has_started(*call)) return;
  call->target = "configuration";
  const Result<ConfigChanges> changes = doors_.reload();
  if (!changes) return call->fail(422, changes.error().message);
  const auto names = [](const std::vector<std::string>& keys) {
    return json::array(keys.begin(), keys.end());
  };
  call->answer(
      json::object{{"applied", names(changes->applied)}, {"wants_restart", names(changes->wants_restart)}});
}

void SystemRoutes::list_workers(const CallPtr& call) const {
  if (!has_started(*call)) return;
  shards_.stats(executor_, [call](const std::vector<ShardStats>& shards) {
    json::array items;
    for (const auto& [id, sum] : sum_workers(shards)) {
      items.push_back(json::object{{"id", id},
                                   {"version", sum.version},
                                   {"sessions", sum.sessions},
                                   {"capacity", sum.capacity},
                                   {"busy_permille", sum.busy_permille},
                                   {"draining", sum.draining},
                                   {"troubles", render_troubles(sum.troubles)}});
    }
    call->answer(json::object{{"items", std::move(items)}, {"next", ""}});
  });
}

// Each shard has a link of its own to the worker.
void SystemRoutes::drain_worker(const CallPtr& call) const {
  if (!has_started(*call)) return;
  const std::string worker(call->request.param("id"));
  call->target = worker;
  shards_.drain(worker, executor_, [call](bool known) {
    known ? call->answer(json::object{}) : call->fail(404, "no such worker is linked");
  });
}

void SystemRoutes::list_sessions(const CallPtr& call) const {
  const auto limit = query_integer(*call, "limit", 1, kMaxListed, 200);
  if (!limit || !has_started(*call)) return;
  const auto now = std::chrono::time_point_cast<Milliseconds>(clock_.wall());
  shards_.sessions(
      executor_, [call, now, limit = static_cast<std::size_t>(*limit)](std::vector<SessionView> sessions) {
        std::ranges::sort(sessions, {}, &SessionView::age);
        json::array items;
        for (const SessionView& session : sessions) {
          if (items.size() == limit) break;
          items.push_back(json::object{{"session", session.session.text},
                                       {"device", session.device.text()},
                                       {"worker", session.worker},
                                       {"speaking", session.speaking},
                                       {"started", (now - session.age).time_since_epoch().count()}});
        }
        call->answer(json::object{{"items", std::move(items)}, {"next", ""}, {"total", sessions.size()}});
      });
}

void SystemRoutes::end_session(const CallPtr& call) const {
  if (!has_started(*call)) return;
  shards_.sessions(executor_, [this, call](const std::vector<SessionView>& sessions) {
    const auto found = std::ranges::find(sessions, call->request.param("session"),
                                         [](const SessionView& each) { return each.session.text; });
    const DeviceEntry* device = found == sessions.end() ? nullptr : devices_.find(found->device);
    const bool hidden = call->who.is_member() && (device == nullptr || !call->who.sees(device->record));
    if (found == sessions.end() || hidden) return call->fail(404, "no such session");
    call->detail = {{"device", found->device.text()}};
    shards_.of(found->device).post_close_session(found->device, found->session, "ended by an operator");
    call->answer(json::object{});
  });
}

void SystemRoutes::show_system(const CallPtr& call) const {
  if (!has_started(*call)) return;
  shards_.stats(executor_, [this, call](const std::vector<ShardStats>& shards) {
    std::map<std::string, std::uint64_t> sums;
    std::size_t sessions = 0;
    for (const ShardStats& shard : shards) {
      sessions += shard.sessions;
      for (const auto& [name, value] : shard.counters) sums[name] += value;
    }
    if (doors_.counters) {
      for (const auto& [name, value] : doors_.counters()) sums[name] += value;
    }
    json::object counters;
    for (const auto& [name, value] : sums) {
      if (value != 0) counters[name] = value;
    }
    const auto uptime = std::chrono::duration_cast<Milliseconds>(clock_.now() - started_);
    call->answer(json::object{{"version", version_},
                              {"uptime_ms", uptime.count()},
                              {"admission", admission_},
                              {"broker_connected", doors_.broker_connected && doors_.broker_connected()},
                              {"sessions", sessions},
                              {"workers", sum_workers(shards).size()},
                              {"devices", devices_.size()},
                              {"online", devices_.online()},
                              {"counters", std::move(counters)}});
  });
}

}  // namespace earshot::gateway::api
