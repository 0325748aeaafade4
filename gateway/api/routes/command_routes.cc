#include "gateway/api/routes/command_routes.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "gateway/api/device_access.h"
#include "gateway/control/commands/command_json.h"

namespace earshot::commands {

namespace {

using gateway::api::ApiRouter;
using gateway::api::CallPtr;
using gateway::api::Scope;

constexpr Milliseconds kToolsWait{15'000};
constexpr Milliseconds kCancelWait{15'000};

struct Shared {
  CommandRouteParts parts;
  std::size_t waiting = 0;
};
using SharedPtr = std::shared_ptr<Shared>;

Actor actor_of(const gateway::api::Call& call) {
  return {.by = call.who.by,
          .user_tools = call.who.may(Scope::kCommandsUserTools),
          .owner = call.who.is_member() ? call.who.user : std::string(),
          .peer = call.request.peer,
          .audited = true};
}

int status_of(std::string_view refused) {
  if (refused == "not_found") return 404;
  if (refused == "conflict" || refused == "too_many_devices") return 409;
  if (refused == "user_tool") return 403;
  if (refused == "too_many_waiting") return 429;
  return refused == "internal" ? 503 : 400;
}

json::object shown(const Given& given) {
  if (given.refused.empty()) return to_json(given.command);
  store::Command failed = given.command;
  failed.state = store::CommandState::kFailed;
  failed.error_code = given.refused;
  failed.error_message = given.message;
  return to_json(failed);
}

// A request whose sender wants to see the end, until all has ended or his patience has.
class Waiting : public std::enable_shared_from_this<Waiting> {
 public:
  using Done = std::function<void(const std::vector<Given>&, bool all_finished)>;

  Waiting(SharedPtr shared, std::vector<Given> given, Done done)
      : shared_(std::move(shared)),
        given_(std::move(given)),
        done_(std::move(done)),
        timer_(shared_->parts.executor) {
    ++shared_->waiting;
  }
  ~Waiting() { --shared_->waiting; }

  void start(Milliseconds patience) {
    for (std::size_t i = 0; i < given_.size(); ++i) {
      if (!given_[i].refused.empty() || is_finished(given_[i].command.state)) continue;
      ++open_;
      watches_.push_back(
          shared_->parts.commands.watch(given_[i].command.by, given_[i].command.id,
                                        [self = weak_from_this(), i](const store::Command& changed) {
                                          if (const auto alive = self.lock()) alive->changed(i, changed);
                                        }));
    }
    if (open_ == 0) return finish();
    timer_.expires_after(patience);
    timer_.async_wait([self = shared_from_this()](error_code cancelled) {
      if (!cancelled) self->finish();
    });
  }

 private:
  void changed(std::size_t index, const store::Command& command) {
    given_[index].command = command;
    if (is_finished(command.state) && --open_ == 0) finish();
  }
  void finish() {
    timer_.cancel();
    for (const auto watch : std::exchange(watches_, {})) shared_->parts.commands.unwatch(watch);
    if (auto done = std::exchange(done_, nullptr)) done(given_, open_ == 0);
  }

  SharedPtr shared_;
  std::vector<Given> given_;
  Done done_;
  asio::steady_timer timer_;
  std::vector<CommandService::Watch> watches_;
  std::size_t open_ = 0;
};

void answer(const CallPtr& call, const std::vector<Given>& given, bool finished) {
  if (given.size() == 1 && !given[0].refused.empty()) {
    return call->fail(status_of(given[0].refused), given[0].message, given[0].refused);
  }
  json::array items;
  for (const Given& one : given) items.push_back(shown(one));
  call->answer(json::object{{"items", std::move(items)}}, finished ? 200 : 202);
}

bool is_over(const Given& given) {
  return !given.refused.empty() || is_finished(given.command.state);
}

void give(const SharedPtr& shared, const CallPtr& call) {
  const auto wait = gateway::api::query_integer(*call, "wait_ms", 0, kMaxWait.count(), 0);
  if (!wait) return;
  auto request = parse_command_request(call->body, std::nullopt);
  if (!request) return call->fail(400, request.error().message);
  call->target = request->devices.size() == 1 ? request->devices[0].text() : request->tag;
  call->detail = json::object{{"kind", name_of(request->kind)}, {"devices", request->devices.size()}};
  if (const auto tool = json::find_string(request->arguments, "tool")) call->detail["tool"] = *tool;
  if (!request->id.empty()) call->detail["id"] = request->id;
  shared->parts.commands.give(
      std::move(*request), actor_of(*call),
      [shared, call, patience = Milliseconds(*wait)](std::vector<Given> given) {
        if (patience.count() == 0 || shared->waiting >= kMaxWaiting) {
          return answer(call, given, std::ranges::all_of(given, is_over));
        }
        std::make_shared<Waiting>(
            shared, std::move(given),
            [call](const std::vector<Given>& all, bool finished) { answer(call, all, finished); })
            ->start(patience);
      });
}

// The caller's own command of that id, else the newest one that he may see.
void find(const SharedPtr& shared, const CallPtr& call, std::function<void(const store::Command&)> found) {
  const std::string id(call->request.param("id"));
  if (!is_command_key(id)) return call->fail(404, "no such command");
  shared->parts.store.read(
      shared->parts.executor,
      [id, by = call->who.by](store::Store& store) {
        auto own = store.commands().find(by, id);
        return own ? own : store.commands().find(id);
      },
      [shared, call, found = std::move(found)](const Result<std::optional<store::Command>>& read) {
        if (!read) return call->fail(read.error());
        const auto* entry = *read ? shared->parts.devices.find((*read)->device) : nullptr;
        const bool visible =
            *read && (!call->who.is_member() || (entry != nullptr && call->who.sees(entry->record)));
        if (!visible) return call->fail(404, "no such command");
        found(**read);
      });
}

void list(const SharedPtr& shared, const CallPtr& call) {
  const auto page = gateway::api::page_of(*call);
  if (!page) return;
  store::CommandFilter filter;
  if (const auto state = call->request.query_value("state"); state && !state->empty()) {
    filter.state = state_named(*state);
    if (!filter.state)
      return call->fail(400, "state must be queued, sent, answered, failed, expired or cancelled");
  }
  const auto device = call->request.query_value("device").value_or("");
  if (!device.empty()) {
    const auto* entry = gateway::api::visible_device(*call, shared->parts.devices, device);
    if (entry == nullptr) return;
    filter.device = entry->record.id;
  } else if (call->who.is_member()) {
    return call->fail(400, "name one of your devices: ?device=");
  }
  shared->parts.store.read(
      shared->parts.executor,
      [filter, page = *page](store::Store& store) { return store.commands().list(filter, page); },
      [call](const Result<store::Page<store::Command>>& read) {
        if (!read) return call->fail(read.error());
        json::array items;
        for (const auto& command : read->items) items.push_back(to_json(command));
        call->answer(json::object{{"items", std::move(items)}, {"next", read->next}});
      });
}

void cancel(const SharedPtr& shared, const CallPtr& call) {
  find(shared, call, [shared, call](const store::Command& command) {
    call->target = command.device.text();
    call->detail = json::object{{"id", command.id}};
    if (is_finished(command.state)) return call->fail(409, "the command is over");
    const Status cancelled = shared->parts.commands.cancel(command);
    if (!cancelled) return call->fail(409, cancelled.error().message);
    Given given;
    given.command = command;
    // Told when it is on disk.
    std::make_shared<Waiting>(
        shared, std::vector<Given>{given},
        [call](const std::vector<Given>& all, bool finished) {
          if (finished) return call->answer(to_json(all.front().command));
          call->fail(503, "the disk refuses: after a restart the command may be sent after all");
        })
        ->start(kCancelWait);
  });
}

void answer_kept_tools(const SharedPtr& shared, const CallPtr& call, const DeviceId& device) {
  shared->parts.store.read(
      shared->parts.executor, [device](store::Store& store) { return store.devices().tools(device); },
      [call](const Result<std::optional<std::string>>& kept) {
        if (!kept) return call->fail(kept.error());
        if (!*kept)
          return call->fail(404, "the device has never told its tools; it must be online: ?refresh=1");
        call->send({.status = 200, .content_type = "application/json", .body = **kept, .headers = {}});
      });
}

void tools(const SharedPtr& shared, const CallPtr& call) {
  const auto* entry = gateway::api::visible_device(*call, shared->parts.devices);
  if (entry == nullptr) return;
  const DeviceId device = entry->record.id;
  if (call->request.query_value("refresh").value_or("") != "1")
    return answer_kept_tools(shared, call, device);
  if (!entry->presence.online) return call->fail(409, "the device is offline");
  if (shared->waiting >= kMaxWaiting) return call->fail(503, "too many wait for their devices; try again");
  CommandRequest request;
  request.devices = {device};
  request.kind = CommandKind::kTools;
  request.timeout = kToolsWait - Milliseconds(5000);
  request.ttl = kToolsWait - Milliseconds(5000);
  shared->parts.commands.give(
      std::move(request), actor_of(*call), [shared, call, device](std::vector<Given> given) {
        std::make_shared<Waiting>(
            shared, std::move(given),
            [shared, call, device](const std::vector<Given>& all, bool) {
              const Given& one = all.front();
              if (!one.refused.empty()) return call->fail(status_of(one.refused), one.message, one.refused);
              if (one.command.state == store::CommandState::kAnswered)
                return answer_kept_tools(shared, call, device);
              call->fail(504, "the device did not tell its tools: " + one.command.error_message);
            })
            ->start(kToolsWait);
      });
}

}  // namespace

void add_command_routes(ApiRouter& routes, CommandRouteParts parts) {
  const auto shared = std::make_shared<Shared>(Shared{std::move(parts)});
  const auto with = [&shared](void (*handler)(const SharedPtr&, const CallPtr&)) {
    return [shared = shared, handler](const CallPtr& call) { handler(shared, call); };
  };
  routes.write("POST", "/api/v1/commands", Scope::kCommands, "command.give", with(give),
               {.body = gateway::api::BodyKind::kJson, .body_bytes = kMaxRequestBytes});
  routes.read("/api/v1/commands", Scope::kCommands, with(list));
  routes.read("/api/v1/commands/{id}", Scope::kCommands, [shared](const CallPtr& call) {
    find(shared, call, [call](const store::Command& command) { call->answer(to_json(command)); });
  });
  routes.write("POST", "/api/v1/commands/{id}/cancel", Scope::kCommands, "command.cancel", with(cancel),
               {.body = gateway::api::BodyKind::kNone});
  routes.read("/api/v1/devices/{id}/tools", Scope::kDevicesRead, with(tools));
}

}  // namespace earshot::commands
