// The one way to command devices: takes requests from every door, keeps their receipts, drives the book.
//
// Write-ahead: a command is `queued` on disk before the book has it and `sent` on disk before its message
// leaves; nobody is told of a state that a crash of this program could take back. So a command is never sent
// twice, and the same key (by, id) always leads to the same receipt. A power cut may take back the seconds
// before it (docs/decisions/0006-store.md), and then a command that was sent may be sent again.
//
// Runs on: the gateway's main executor.
// Owns: the book.
// Borrows: directory, store, hub and clock, and what the ports capture; they outlive it.
// Lifecycle: made -> start() (what a restart left unfinished goes on or has failed) -> used -> destroyed when
// the executor has stopped.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/log/log_limiter.h"
#include "gateway/control/commands/command_book.h"
#include "gateway/control/commands/command_request.h"
#include "gateway/control/commands/say_port.h"
#include "gateway/control/devices/device_directory.h"
#include "gateway/control/events/event_hub.h"
#include "gateway/store/store_proxy.h"

namespace earshot::commands {

// Who commands.
struct Actor {
  std::string by;           // as store::Command::by
  bool user_tools = false;  // may have user-only tools called
  std::string owner = {};   // only devices of this user; empty: all
  std::string peer = {};    // IP address for the audit log; empty over MQTT
  bool audited = false;     // its door writes the audit log itself
};

// What became of a request for one device.
struct Given {
  store::Command command;  // with `id` and `device` at least
  // not_found, conflict, too_many_waiting, too_many_devices (of a tag; then this is all that is given),
  // user_tool, bad_arguments, internal; empty: taken.
  std::string refused;
  std::string message;    // why, for people
  bool repeated = false;  // the key was known: this is the old receipt
};

class CommandService {
 public:
  struct Ports {
    // To the device's line. `done` is called later, once, on the service's executor; never, when the line ends
    // before.
    std::function<void(const DeviceId&, gateway::DeviceOrder, gateway::OrderDone done)> order;
    // nullptr: what is said is shown as an alert.
    SayPort* say = nullptr;
    // Where a device finds an image of ours; empty: there are none.
    std::function<Result<std::string>(const DeviceId&, const std::string& image)> image_url = {};
  };
  using Listener = std::function<void(const store::Command&)>;
  using Done = std::function<void(std::vector<Given>)>;  // in the order of the devices

  CommandService(Executor executor, store::StoreProxy& store, gateway::DeviceDirectory& devices,
                 gateway::EventHub& hub, const Clock& clock, Ports ports, CommandLimits limits = {});
  ~CommandService();
  CommandService(const CommandService&) = delete;
  CommandService& operator=(const CommandService&) = delete;

  void start(std::vector<store::Command> unfinished);

  // `done` is called later, once everything that is taken is on disk. With several devices the key of each is
  // `<id>-<mac without colons>`.
  void give(CommandRequest request, Actor actor, Done done);
  // Errors: kNotFound; kInvalid: it is with the device already, or over.
  Status cancel(const store::Command& command);
  // Called on each change of this command until it is finished; at least once more unless it is finished now.
  // Whoever loses patience takes his watch back: a command may be unfinished for days. Of more than kMaxWatches
  // of one command the oldest is dropped.
  static constexpr std::size_t kMaxWatches = 64;
  using Watch = std::uint64_t;
  Watch watch(const std::string& by, const std::string& id, Listener listener);
  void unwatch(Watch watch);  // one that is over is no error
  // On each change of any command.
  void on_receipt(Listener listener) { receipt_listener_ = std::move(listener); }

  // From the other parts.
  void presence(const DeviceId& device, bool online);
  // Its record is gone, with the tools that it told of.
  void forget(const DeviceId& device) { book_.forget(device); }
  void broker_lost();
  void set_say_port(SayPort* port) { ports_.say = port; }

  const BookCounters& counters() const { return book_.counters(); }
  std::size_t unfinished() const { return book_.unfinished(); }
  std::size_t watches() const { return watched_.size(); }

 private:
  struct Batch;
  using Key = std::pair<std::string, std::string>;  // (by, id)

  Moment now() const;
  void give_one(const CommandRequest& request, const Actor& actor, const DeviceId& device, std::size_t index,
                const std::shared_ptr<Batch>& batch);
  void keep(store::Command command, const Actor& actor, std::size_t index,
            const std::shared_ptr<Batch>& batch);
  void kept(store::Command command, Result<std::optional<store::Command>> known, std::size_t index,
            const std::shared_ptr<Batch>& batch);
  void drain();
  void keep_receipt(BookStep step);
  void receipt_refused(const BookStep& step, const Error& why);
  void retry_receipts();
  void execute(const BookStep& step);
  void say(const BookStep::Say& say);
  void tell(const store::Command& command);
  void arm_timer();

  Executor executor_;
  store::StoreProxy& store_;
  gateway::DeviceDirectory& devices_;
  gateway::EventHub& hub_;
  const Clock& clock_;
  Ports ports_;
  CommandBook book_;
  asio::steady_timer timer_;
  std::optional<SteadyTime> armed_for_;
  Listener receipt_listener_;
  std::map<Key, std::map<Watch, Listener>> watchers_;  // of unfinished commands
  std::map<Watch, Key> watched_;
  Watch last_watch_ = 0;
  // How commands ended, as far as the store refused it: at most as many as may be unfinished.
  std::map<Key, store::Command> unkept_;
  asio::steady_timer retry_timer_;
  bool retrying_ = false;
  log::LogLimiter unkept_log_{5, Milliseconds(60'000)};
};

}  // namespace earshot::commands
