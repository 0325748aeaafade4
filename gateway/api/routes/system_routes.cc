#include "gateway/api/routes/system_routes.h"

#include <algorithm>
#include <map>
#include <memory>

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
}

bool SystemRoutes::is_connected(Call& call) const {
  if (!doors_.shards.empty()) return true;
  call.fail(503, "the gateway is starting; try again in a moment");
  return false;
}

void SystemRoutes::all_stats(std::function<void(const std::vector<ShardStats>&)> done) const {
  auto collected = std::make_shared<std::vector<ShardStats>>();
  for (ShardProxy* shard : doors_.shards) {
    shard->request_stats(executor_, [collected, done, wanted = doors_.shards.size()](ShardStats stats) {
      collected->push_back(std::move(stats));
      if (collected->size() == wanted) done(*collected);
    });
  }
}

void SystemRoutes::all_sessions(std::function<void(std::vector<FoundSession>)> done) const {
  struct Collected {
    std::vector<FoundSession> sessions;
    std::size_t waiting;
  };
  auto collected = std::make_shared<Collected>(Collected{.sessions = {}, .waiting = doors_.shards.size()});
  for (ShardProxy* shard : doors_.shards) {
    shard->request_sessions(executor_, [collected, done, shard](std::vector<SessionView> found) {
      for (auto& session : found) collected->sessions.emplace_back(shard, std::move(session));
      if (--collected->waiting == 0) done(std::move(collected->sessions));
    });
  }
}

void SystemRoutes::list_workers(const CallPtr& call) const {
  if (!is_connected(*call)) return;
  all_stats([call](const std::vector<ShardStats>& shards) {
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
  if (!is_connected(*call)) return;
  struct Asked {
    std::size_t waiting;
    bool known = false;
  };
  auto asked = std::make_shared<Asked>(Asked{.waiting = doors_.shards.size()});
  const std::string worker(call->request.param("id"));
  call->target = worker;
  for (ShardProxy* shard : doors_.shards) {
    shard->post_drain(worker, executor_, [call, asked](bool known) {
      asked->known = asked->known || known;
      if (--asked->waiting > 0) return;
      asked->known ? call->answer(json::object{}) : call->fail(404, "no such worker is linked");
    });
  }
}

void SystemRoutes::list_sessions(const CallPtr& call) const {
  const auto limit = query_integer(*call, "limit", 1, kMaxListed, 200);
  if (!limit || !is_connected(*call)) return;
  const auto now = std::chrono::time_point_cast<Milliseconds>(clock_.wall());
  all_sessions([call, now, limit = static_cast<std::size_t>(*limit)](std::vector<FoundSession> sessions) {
    std::ranges::sort(sessions, {}, [](const FoundSession& found) { return found.second.age; });
    json::array items;
    for (const auto& [shard, session] : sessions) {
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
  if (!is_connected(*call)) return;
  all_sessions([this, call](const std::vector<FoundSession>& sessions) {
    const auto found = std::ranges::find(sessions, call->request.param("session"),
                                         [](const FoundSession& each) { return each.second.session.text; });
    const DeviceEntry* device = found == sessions.end() ? nullptr : devices_.find(found->second.device);
    const bool hidden = call->who.is_member() && (device == nullptr || !call->who.sees(device->record));
    if (found == sessions.end() || hidden) return call->fail(404, "no such session");
    call->detail = {{"device", found->second.device.text()}};
    found->first->post_close_session(found->second.device, found->second.session, "ended by an operator");
    call->answer(json::object{});
  });
}

void SystemRoutes::show_system(const CallPtr& call) const {
  if (!is_connected(*call)) return;
  all_stats([this, call](const std::vector<ShardStats>& shards) {
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
