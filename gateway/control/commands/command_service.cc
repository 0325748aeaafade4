#include "gateway/control/commands/command_service.h"

#include <algorithm>
#include <array>

#include "common/base/bytes.h"
#include "common/base/random.h"
#include "common/log/log.h"
#include "gateway/control/commands/command_json.h"
#include "gateway/xiaozhi/device_reply.h"

namespace earshot::commands {

namespace {

using store::CommandState;

spdlog::logger& logger() {
  static spdlog::logger& instance = log::logger("commands");
  return instance;
}

constexpr Milliseconds kRetryReceipts{5000};

std::string random_key() {
  std::array<std::uint8_t, 10> bytes{};
  fill_random(bytes);
  return to_hex(bytes);
}

std::string compact(const DeviceId& device) {
  std::string text = device.text();
  std::erase(text, ':');
  return text;
}

Given too_many_devices(std::size_t tagged) {
  Given refused;
  refused.refused = "too_many_devices";
  refused.message = std::to_string(tagged) + " devices have this tag, and a command is for " +
                    std::to_string(kMaxTargets) + " at most: give it to them in parts";
  return refused;
}

// Whether a repeated key means the same command.
bool same_order(const store::Command& one, const store::Command& other) {
  const auto arguments = [](const store::Command& command) {
    auto parsed = json::parse_object(command.arguments, kMaxRequestBytes);
    if (!parsed) return json::object{};
    parsed->erase("url");  // of an image: it may be signed anew each time
    return std::move(*parsed);
  };
  return one.device == other.device && one.kind == other.kind &&
         (one.arguments == other.arguments || arguments(one) == arguments(other));
}

store::AuditEntry audit_entry(const store::Command& command, const Actor& actor) {
  json::object detail{{"id", command.id}};
  if (const auto arguments = json::parse_object(command.arguments, kMaxRequestBytes)) {
    if (const auto tool = json::find_string(*arguments, "tool")) detail["tool"] = *tool;
  }
  return {.id = 0,
          .at = command.created,
          .who = command.by,
          .action = "command." + command.kind,
          .target = command.device.text(),
          .detail = json::serialize(detail),
          .peer = actor.peer};
}

}  // namespace

// One request for several devices, until the last of them is answered for.
struct CommandService::Batch {
  std::vector<Given> given;
  std::size_t open = 0;
  Done done;

  void refuse(std::size_t index, std::string code, std::string message) {
    given[index].refused = std::move(code);
    given[index].message = std::move(message);
    close();
  }
  void close() {
    if (--open == 0) done(std::move(given));
  }
};

CommandService::CommandService(Executor executor, store::StoreProxy& store, gateway::DeviceDirectory& devices,
                               gateway::EventHub& hub, const Clock& clock, Ports ports, CommandLimits limits)
    : executor_(std::move(executor)),
      store_(store),
      devices_(devices),
      hub_(hub),
      clock_(clock),
      ports_(std::move(ports)),
      book_(limits),
      timer_(executor_),
      retry_timer_(executor_) {}

CommandService::~CommandService() = default;

void CommandService::start(std::vector<store::Command> unfinished) {
  if (!unfinished.empty()) logger().info("commands left unfinished count={}", unfinished.size());
  book_.restore(std::move(unfinished), now());
  drain();
}

void CommandService::give(CommandRequest request, Actor actor, Done done) {
  if (!request.tag.empty()) {
    request.devices = devices_.with_tag(request.tag);
    // What he does not own does not exist for him.
    std::erase_if(request.devices, [&](const DeviceId& device) {
      const auto* entry = devices_.find(device);
      return entry == nullptr || (!actor.owner.empty() && entry->record.owner != actor.owner);
    });
    // To leave some out without a word would be worse than to do nothing.
    if (request.devices.size() > kMaxTargets) return done({too_many_devices(request.devices.size())});
  }
  auto batch = std::make_shared<Batch>();
  batch->given.resize(request.devices.size());
  batch->open = request.devices.size() + 1;
  batch->done = std::move(done);
  for (std::size_t i = 0; i < request.devices.size(); ++i)
    give_one(request, actor, request.devices[i], i, batch);
  batch->close();
}

void CommandService::give_one(const CommandRequest& request, const Actor& actor, const DeviceId& device,
                              std::size_t index, const std::shared_ptr<Batch>& batch) {
  const Moment at = now();
  const bool several = request.devices.size() > 1 || !request.tag.empty();
  std::string id = request.id.empty() ? random_key() : request.id;
  if (several && !request.id.empty()) id += "-" + compact(device);
  store::Command command{.id = std::move(id),
                         .device = device,
                         .kind = std::string(name_of(request.kind)),
                         .arguments = {},
                         .by = actor.by,
                         .user_tools = false,
                         .state = CommandState::kQueued,
                         .result = {},
                         .error_code = {},
                         .error_message = {},
                         .timeout = request.timeout,
                         .created = at.wall,
                         .expires = at.wall + request.ttl,
                         .sent = {},
                         .finished = {}};
  batch->given[index].command = command;
  const auto* entry = devices_.find(device);
  if (entry == nullptr || (!actor.owner.empty() && entry->record.owner != actor.owner)) {
    return batch->refuse(index, "not_found", "no such device");
  }
  if (!is_command_key(command.id)) {
    return batch->refuse(index, "bad_arguments",
                         "'id' is too long for several devices: at most 51 characters");
  }
  // To reboot and to upgrade is to ask for a user-only tool by name.
  const bool by_kind = request.kind == CommandKind::kReboot || request.kind == CommandKind::kUpgrade;
  if ((by_kind || request.user_tools) && !actor.user_tools) {
    return batch->refuse(index, "user_tool", "you may not have user-only tools called");
  }
  command.user_tools = by_kind || request.user_tools;
  json::object arguments = request.arguments;
  if (const auto image = json::find_string(arguments, "image")) {
    const Result<std::string> url = ports_.image_url
                                        ? ports_.image_url(device, std::string(*image))
                                        : Result<std::string>(Error{ErrorCode::kNotFound, "no such image"});
    if (!url) return batch->refuse(index, "bad_arguments", url.error().message);
    arguments["url"] = *url;
  }
  command.arguments = json::serialize(arguments);
  if (!book_.reserve(device)) {
    return batch->refuse(index, "too_many_waiting", "too many commands wait for this device, or for all");
  }
  keep(std::move(command), actor, index, batch);
}

void CommandService::keep(store::Command command, const Actor& actor, std::size_t index,
                          const std::shared_ptr<Batch>& batch) {
  std::optional<store::AuditEntry> audit;
  if (!actor.audited) audit = audit_entry(command, actor);
  store_.write(
      executor_,
      [command, audit = std::move(audit)](store::Store& store) -> std::optional<store::Command> {
        if (auto known = store.commands().find(command.by, command.id)) return known;
        store.commands().put(command);
        if (audit) store.audit().add(*audit);
        return std::nullopt;
      },
      [this, command, index, batch](Result<std::optional<store::Command>> known) mutable {
        kept(std::move(command), std::move(known), index, batch);
      });
}

void CommandService::kept(store::Command command, Result<std::optional<store::Command>> known,
                          std::size_t index, const std::shared_ptr<Batch>& batch) {
  Given& given = batch->given[index];
  const bool fresh = known.ok() && !known->has_value();
  if (!fresh) book_.release(command.device);
  if (!known) {
    logger().error("a command is not kept device={} reason=\"{}\"", command.device.text(),
                   known.error().message);
    return batch->refuse(index, "internal", "the command could not be written down");
  }
  if (!fresh) {
    if (!same_order(**known, command)) {
      return batch->refuse(index, "conflict", "this id was given to another command");
    }
    given.command = std::move(**known);
    given.repeated = true;
    return batch->close();
  }
  given.command = command;
  tell(command);
  batch->close();  // before anything comes of it: who asked may want to watch it
  // A device that got its record after it came online.
  const auto* entry = devices_.find(command.device);
  if (entry != nullptr && entry->presence.online && !book_.is_online(command.device)) {
    book_.online(command.device, now());
  }
  book_.give(std::move(command), now());
  drain();
}

Status CommandService::cancel(const store::Command& command) {
  const auto outcome = book_.cancel(command.by, command.id, now());
  drain();
  switch (outcome) {
    case CommandBook::Cancel::kDone:
      return kDone;
    case CommandBook::Cancel::kUnknown:
      return Error{ErrorCode::kNotFound, "the command is over"};
    case CommandBook::Cancel::kTooLate:
      return Error{ErrorCode::kInvalid, "the device has the command already"};
  }
  return kDone;
}

CommandService::Watch CommandService::watch(const std::string& by, const std::string& id, Listener listener) {
  const Key key(by, id);
  if (const auto found = watchers_.find(key);
      found != watchers_.end() && found->second.size() >= kMaxWatches) {
    unwatch(found->second.begin()->first);
  }
  watchers_[key].emplace(++last_watch_, std::move(listener));
  watched_.emplace(last_watch_, key);
  return last_watch_;
}

void CommandService::unwatch(Watch watch) {
  const auto found = watched_.find(watch);
  if (found == watched_.end()) return;
  const auto listeners = watchers_.find(found->second);
  listeners->second.erase(watch);
  if (listeners->second.empty()) watchers_.erase(listeners);
  watched_.erase(found);
}

void CommandService::presence(const DeviceId& device, bool online) {
  const auto* entry = devices_.find(device);
  const bool is_online = entry != nullptr && entry->presence.online;
  if (online && is_online) book_.online(device, now());
  if (!is_online) book_.offline(device, now());
  drain();
}

void CommandService::broker_lost() {
  book_.presence_unknown(now());
  drain();
}

Moment CommandService::now() const {
  return {clock_.now(), std::chrono::floor<Milliseconds>(clock_.wall())};
}

void CommandService::drain() {
  for (BookStep& step : book_.take_steps()) {
    if (step.tools) {
      const auto at = now().wall.time_since_epoch().count();
      store_.write([device = step.tools->device, kept = R"({"tools":)" + step.tools->json + R"(,"at":)" +
                                                        std::to_string(at) + "}"](store::Store& store) {
        store.devices().put_tools(device, kept);
      });
    }
    if (!step.receipt) {
      execute(step);
      continue;
    }
    keep_receipt(std::move(step));
  }
  arm_timer();
}

void CommandService::keep_receipt(BookStep step) {
  store_.write(
      executor_, [command = *step.receipt](store::Store& store) { store.commands().put(command); },
      [this, step](const Status& written) {
        if (written) {
          unkept_.erase(Key(step.receipt->by, step.receipt->id));
          if (retrying_) retry_receipts();  // it writes again
          tell(*step.receipt);
          execute(step);
        } else {
          receipt_refused(step, written.error());
        }
        drain();
      });
}

// What is not on disk is not sent, after a crash it would be sent again; nor is it told. How a command ended
// is written again until it is kept.
void CommandService::receipt_refused(const BookStep& step, const Error& why) {
  const store::Command& command = *step.receipt;
  if (const auto verdict = unkept_log_.ask(clock_.now()); verdict.log) {
    logger().error("a receipt is not kept device={} id={} reason=\"{}\" suppressed={}", command.device.text(),
                   command.id, why.message, verdict.suppressed);
  }
  if (step.order) {
    book_.outcome(step.order->command, step.order->question, Error{ErrorCode::kUnavailable, why.message},
                  now());
  }
  if (step.say) book_.said(step.say->command, why, now());
  if (!is_finished(command.state)) return;
  unkept_.insert_or_assign(Key(command.by, command.id), command);
  if (std::exchange(retrying_, true)) return;
  retry_timer_.expires_after(kRetryReceipts);
  retry_timer_.async_wait([this](error_code cancelled) {
    if (!cancelled) retry_receipts();
  });
}

void CommandService::retry_receipts() {
  retrying_ = false;
  retry_timer_.cancel();
  for (const auto& [key, command] : unkept_) {
    BookStep step;
    step.receipt = command;
    keep_receipt(std::move(step));
  }
}

// The store may have been slower than the command's deadline: what the book has failed is not done after all.
void CommandService::execute(const BookStep& step) {
  if (step.say && book_.is_running(step.say->command)) say(*step.say);
  if (!step.order || !book_.is_running(step.order->command)) return;
  ports_.order(step.order->device, step.order->order,
               [this, command = step.order->command,
                question = step.order->question](const gateway::OrderOutcome& outcome) {
                 book_.outcome(command, question, outcome, now());
                 drain();
               });
}

void CommandService::say(const BookStep::Say& say) {
  const auto said = [this, command = say.command](const Result<Said>& how) {
    book_.said(command, how, now());
    drain();
  };
  if (ports_.say != nullptr) return ports_.say->say(say.device, say.text, said);
  // Nobody can speak: it is shown.
  ports_.order(say.device, gateway::SendMessage{.json = alert_message("Message", say.text, "neutral")},
               [said](const gateway::OrderOutcome& shown) {
                 said(shown ? Result<Said>(Said{.how = "alert"}) : Result<Said>(shown.error()));
               });
}

void CommandService::tell(const store::Command& command) {
  json::object data{
      {"id", command.id}, {"kind", command.kind}, {"state", name_of(command.state)}, {"by", command.by}};
  if (!command.error_code.empty()) data["error"] = command.error_code;
  hub_.publish("command", command.device, std::move(data));
  if (receipt_listener_) receipt_listener_(command);
  const auto found = watchers_.find(Key(command.by, command.id));
  if (found == watchers_.end()) return;
  const auto listeners = found->second;  // they may watch and unwatch
  if (is_finished(command.state)) {
    for (const auto& [watch, listener] : listeners) watched_.erase(watch);
    watchers_.erase(found);
  }
  for (const auto& [watch, listener] : listeners) listener(command);
}

void CommandService::arm_timer() {
  const auto deadline = book_.next_deadline();
  if (!deadline || (armed_for_ && *armed_for_ <= *deadline)) return;  // it wakes early enough, and arms anew
  armed_for_ = deadline;
  timer_.expires_at(*deadline);
  timer_.async_wait([this](error_code cancelled) {
    if (cancelled) return;
    armed_for_.reset();
    book_.tick(now());
    drain();
  });
}

}  // namespace earshot::commands
