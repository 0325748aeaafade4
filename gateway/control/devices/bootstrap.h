// A device asks at boot; its owner types its code in; it asks again and comes in. The life of admission, over
// the pure policies (admission, activation_book, serial_challenges) and the directory.
//
// Runs on: the gateway's main executor.
// Owns: the open codes and challenges.
// Borrows: its parts, for its life.
// Lifecycle: made -> load() -> start() -> stop() (saves). Codes survive a restart of the gateway; they are
// saved at most a second after a change, so that a flood of strangers costs one write a second.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/base/secret.h"
#include "gateway/control/devices/activation_book.h"
#include "gateway/control/devices/admission.h"
#include "gateway/control/devices/boot_report.h"
#include "gateway/control/devices/device_directory.h"
#include "gateway/control/devices/serial_challenges.h"
#include "gateway/control/events/event_hub.h"
#include "gateway/store/secret_box.h"
#include "gateway/store/store_proxy.h"

namespace earshot::gateway {

struct BootAnswer {
  BootVerdict::Kind kind = BootVerdict::Kind::kRefuse;
  BootVerdict::Reason reason = BootVerdict::Reason::kNotListed;
  std::uint32_t generation = 0;  // kAdmit: of the credentials to hand out
  store::DeviceTransport transport = store::DeviceTransport::kMqtt;
  std::string code;       // kNeedsOwner
  std::string challenge;  // kNeedsOwner, kNeedsProof
};

struct ActivationProof {
  std::string challenge;
  std::string hmac_hex;
};

enum class ActivationState {
  kActivated,  // the next OTA answer brings credentials
  kWaiting,    // for its owner
  kWrongProof,
  kNeedsProof,  // without one, or to a challenge that is not open (any more): ask OTA again
  kUnknown,     // it shows no code that is open: ask OTA again
  kRefused,
};

// Who types a code in, or changes who may come in. Whoever may not reach any device reaches his own.
struct Binder {
  std::string user;
  bool any_device = false;  // an operator or admin: also devices of others
  std::string peer;         // http::limit_key()
};

enum class BindVerdict {
  kBound,
  kUnknownCode,
  kTooManyTries,
  kNotYours,
  kBlocked,
  kNotKept,  // the store refused, or the directory is full: nothing has changed
};

class Bootstrap {
 public:
  struct Parts {
    DeviceDirectory& directory;
    store::StoreProxy& store;
    EventHub& hub;
    const Clock& clock;
    Executor executor;
    const store::SecretBox& secrets;  // the store keeps the chips' keys sealed
    bool pin_uuid = true;             // admission.pin_uuid
  };
  Bootstrap(AdmissionMode mode, Parts parts, const ActivationLimits& limits = {});

  static constexpr std::string_view kSettingKey = "activation_codes";
  void load(std::string_view saved);
  // Another gateway has saved its codes, or anything: they are read and become ours too.
  void refresh();
  void start();
  void stop();
  void tick();  // once a second: expiry, saving

  // Errors: kUnavailable, the device shall ask again later (its code, the directory or the store is full).
  void boot(BootReport report, std::function<void(Result<BootAnswer>)> done);
  void activate(BootReport report, ActivationProof proof, std::function<void(ActivationState)> done);

  // The next four are answered when they are on disk, with their audit entry; what is refused has changed
  // nothing (DeviceDirectory::change(), whose errors these are).
  using Audit = std::optional<store::AuditEntry>;
  using AuditOf = std::function<Audit(const DeviceId&)>;
  using Finished = std::function<void(Status)>;
  // `done` with the device, when the code is a device's. kBound: it is the user's now and may come in. When it
  // was nobody's but had been admitted before, its old credentials are refused from now on; it asks OTA anyway.
  void bind(std::string_view code, const Binder& binder, std::string name, std::string agent, AuditOf audit,
            std::function<void(BindVerdict, std::optional<DeviceId>)> done);
  // The device may come in without a code: with this uuid, or the first one that is seen.
  void allow(const DeviceId& device, std::string name, std::string_view uuid, Audit audit, Finished done);
  // Its session ends, its connections too, its credentials are worthless; it gets a code at its next boot.
  void unbind(const DeviceId& device, const Binder& who, Audit audit, Finished done);
  void rotate(const DeviceId& device, const Binder& who, bool now, Audit audit, Finished done);
  // What the store keeps the key of a chip's serial number sealed for.
  static std::string serial_purpose(std::string_view serial);
  // Before the directory forgets a device: its codes go too.
  void forget(const DeviceId& device);

  AdmissionMode mode() const { return mode_; }
  const ActivationBook& codes() const { return codes_; }

 private:
  struct Keys {
    std::optional<Secret> told;    // of the serial number that it tells
    std::optional<Secret> record;  // of the one in its record
  };
  void with_keys(const BootReport& report, std::function<void(Result<Keys>)> done);
  Result<BootAnswer> decide(const BootReport& report, const Keys& keys);
  BootVerdict judge(const BootReport& report, const Keys& keys) const;
  bool admit_and_note(const BootReport& report, const BootVerdict& verdict);
  bool note_waiting(const BootReport& report);
  ActivationState activation_state(const BootReport& report, const Keys& keys, const ActivationProof& proof);
  void tick_later();
  void save_codes();
  store::WallTime wall() const;

  AdmissionMode mode_;
  Parts parts_;
  ActivationBook codes_;
  SerialChallenges challenges_;
  std::uint64_t saved_changes_ = 0;
  asio::steady_timer timer_;
};

}  // namespace earshot::gateway
