#include "gateway/control/devices/bootstrap.h"

#include <memory>
#include <vector>

#include "common/base/random.h"
#include "common/http/client_address.h"
#include "common/log/log.h"

namespace earshot::gateway {

namespace {

constexpr Milliseconds kTick{1000};

spdlog::logger& logger() {
  static spdlog::logger& instance = log::logger("bootstrap");
  return instance;
}

Applicant applicant_of(const BootReport& report) {
  return {.device = report.device, .uuid = report.uuid, .serial = report.serial};
}

// What a device tells anew at each boot.
void note_told(store::Device& device, const BootReport& report, store::WallTime now) {
  device.board = report.board;
  device.firmware = report.version;
  device.language = report.language;
  device.last_seen = now;
  device.last_peer = report.peer;
}

store::Device new_device(const DeviceId& id, store::WallTime now) {
  store::Device device;
  device.id = id;
  device.first_seen = now;
  device.last_seen = now;
  return device;
}

// Never anybody's: only waiting, it is worth no record of its own.
bool is_stranger(const store::Device& device) {
  return !device.bound && !device.blocked && device.client_uuid.empty() && device.owner.empty() &&
         device.name.empty() && device.tags.empty();
}

// It may hold credentials.
bool was_admitted(const store::Device& device) {
  return !device.client_uuid.empty();
}

BindVerdict may_bind(const store::Device& device, const Binder& binder) {
  if (device.blocked) return BindVerdict::kBlocked;
  if (binder.any_device) return BindVerdict::kBound;
  // The attack: somebody boots a device of his own with another's MAC and types in the code that it shows.
  if (!device.owner.empty() && device.owner != binder.user) return BindVerdict::kNotYours;
  if (device.bound && device.owner.empty()) return BindVerdict::kNotYours;
  return BindVerdict::kBound;
}

bool is_of(const store::Device& device, const Binder& who) {
  return who.any_device || (!who.user.empty() && device.owner == who.user);
}

}  // namespace

Bootstrap::Bootstrap(AdmissionMode mode, Parts parts, const ActivationLimits& limits)
    : mode_(mode), parts_(std::move(parts)), codes_(limits, random_u32), timer_(parts_.executor) {}

void Bootstrap::load(std::string_view saved) {
  codes_.load(saved, wall());
  saved_changes_ = codes_.changes();
}

void Bootstrap::refresh() {
  parts_.store.read(
      parts_.executor, [](store::Store& store) { return store.settings().get(kSettingKey).value_or(""); },
      [this](const Result<std::string>& saved) {
        if (saved) codes_.merge(*saved, wall());
      });
}

void Bootstrap::start() {
  tick_later();
}

void Bootstrap::stop() {
  timer_.cancel();
  save_codes();
}

void Bootstrap::tick() {
  codes_.expire(wall());
  for (const DeviceId& device : codes_.take_forgotten()) {
    const DeviceEntry* entry = parts_.directory.find(device);
    if (entry != nullptr && is_stranger(entry->record)) parts_.directory.remove(device);
  }
  save_codes();
}

void Bootstrap::boot(BootReport report, std::function<void(Result<BootAnswer>)> done) {
  auto& self = *this;
  with_keys(report, [&self, report, done = std::move(done)](Result<Keys> keys) {
    if (!keys) return done(keys.error());
    done(self.decide(report, *keys));
  });
}

void Bootstrap::activate(BootReport report, ActivationProof proof,
                         std::function<void(ActivationState)> done) {
  auto& self = *this;
  with_keys(report, [&self, report, proof = std::move(proof), done = std::move(done)](Result<Keys> keys) {
    if (!keys) return done(ActivationState::kWaiting);  // the device polls again
    done(self.activation_state(report, *keys, proof));
  });
}

void Bootstrap::bind(std::string_view code, const Binder& binder, std::string name, std::string agent,
                     AuditOf audit, std::function<void(BindVerdict, std::optional<DeviceId>)> done) {
  const auto open = codes_.look_up(code, binder.user, binder.peer, wall(), parts_.clock.now());
  if (!open) {
    const bool unknown = open.error().code == ErrorCode::kNotFound;
    return done(unknown ? BindVerdict::kUnknownCode : BindVerdict::kTooManyTries, std::nullopt);
  }
  const Applicant applicant = open->applicant;
  const DeviceId id = applicant.device;
  // Judged where the change is made: somebody else may type the same code in, or an operator block the device.
  auto judged = std::make_shared<BindVerdict>(BindVerdict::kBound);
  const auto change = [applicant, binder, name = std::move(name), agent = std::move(agent),
                       judged](store::Device& device) -> Status {
    *judged = may_bind(device, binder);
    if (*judged != BindVerdict::kBound) return Error{ErrorCode::kInvalid, "it may not be bound"};
    if (device.owner.empty()) {
      // Whoever kept the credentials of the one before would still be this device.
      if (was_admitted(device)) rotate_credentials(device, true);
      device.owner = binder.user;
    }
    device.bound = true;
    device.client_uuid = applicant.uuid;
    device.serial = applicant.serial;
    if (!name.empty()) device.name = name;
    if (!agent.empty()) device.agent = agent;
    return kDone;
  };
  parts_.directory.change(
      id, DeviceDirectory::Absent::kMake, change, audit ? audit(id) : std::nullopt,
      [this, id, judged, owner = binder.user, done = std::move(done)](const Status& kept) {
        if (*judged != BindVerdict::kBound) return done(*judged, id);
        if (!kept) return done(BindVerdict::kNotKept, id);
        codes_.close_all(id, wall());
        logger().info("device bound device={} owner={}", id.text(), owner);
        done(BindVerdict::kBound, id);
      });
}

void Bootstrap::allow(const DeviceId& id, std::string name, std::string_view uuid, Audit audit,
                      Finished done) {
  const std::string pinned = uuid.empty() ? std::string() : auth::credential_uuid(id, uuid);
  parts_.directory.change(
      id, DeviceDirectory::Absent::kMake,
      [name = std::move(name), pinned](store::Device& device) -> Status {
        device.bound = true;
        if (!name.empty()) device.name = name;
        if (!pinned.empty()) device.client_uuid = pinned;
        return kDone;
      },
      std::move(audit),
      [this, id, done = std::move(done)](const Status& kept) {
        if (kept) codes_.close_all(id, wall());
        done(kept);
      });
}

void Bootstrap::unbind(const DeviceId& id, const Binder& who, Audit audit, Finished done) {
  parts_.directory.change(
      id, DeviceDirectory::Absent::kRefuse,
      [who](store::Device& device) -> Status {
        if (!is_of(device, who)) return Error{ErrorCode::kNotFound, "no such device"};
        device.bound = false;
        device.owner.clear();
        rotate_credentials(device, true);
        return kDone;
      },
      std::move(audit),
      [id, done = std::move(done)](const Status& kept) {
        if (kept) logger().info("device unbound device={}", id.text());
        done(kept);
      });
}

void Bootstrap::rotate(const DeviceId& id, const Binder& who, bool now, Audit audit, Finished done) {
  parts_.directory.change(
      id, DeviceDirectory::Absent::kRefuse,
      [who, now](store::Device& device) -> Status {
        if (!is_of(device, who)) return Error{ErrorCode::kNotFound, "no such device"};
        rotate_credentials(device, now);
        return kDone;
      },
      std::move(audit), std::move(done));
}

void Bootstrap::forget(const DeviceId& device) {
  codes_.close_all(device, wall());
}

void Bootstrap::with_keys(const BootReport& report, std::function<void(Result<Keys>)> done) {
  const DeviceEntry* known = parts_.directory.find(report.device);
  const std::string record_serial = known == nullptr ? std::string() : known->record.serial;
  if (report.serial.empty() && record_serial.empty()) return done(Keys{});
  using Sealed = std::pair<std::optional<std::string>, std::optional<std::string>>;
  auto read = [told = report.serial, record_serial](store::Store& store) {
    const auto key = [&](const std::string& serial) {
      return serial.empty() ? std::nullopt : store.devices().serial_key(serial);
    };
    return Sealed{key(told), key(record_serial)};
  };
  auto opened = [&secrets = parts_.secrets, told = report.serial, record_serial,
                 done = std::move(done)](Result<Sealed> sealed) {
    if (!sealed) return done(sealed.error());
    Keys keys;
    const auto open = [&](const std::string& serial, const std::optional<std::string>& from,
                          std::optional<Secret>& to) {
      if (!from) return true;
      auto key = secrets.open(serial_purpose(serial), *from);
      if (key) to = std::move(*key);
      return key.ok();
    };
    // Fail closed: without its key the device can not prove itself, and is not let in without.
    if (!open(told, sealed->first, keys.told) || !open(record_serial, sealed->second, keys.record)) {
      return done(Error{ErrorCode::kUnavailable, "a serial number's key can not be opened"});
    }
    done(std::move(keys));
  };
  parts_.store.read(parts_.executor, std::move(read), std::move(opened));
}

std::string Bootstrap::serial_purpose(std::string_view serial) {
  return "serial:" + std::string(serial);
}

BootVerdict Bootstrap::judge(const BootReport& report, const Keys& keys) const {
  const DeviceEntry* known = parts_.directory.find(report.device);
  return admit(mode_, known == nullptr ? nullptr : &known->record,
               {.uuid = report.uuid,
                .serial = report.serial,
                .serial_key = keys.told.has_value(),
                .record_serial_key = keys.record.has_value(),
                .proven = keys.told && challenges_.is_proven(applicant_of(report), parts_.clock.now()),
                .uuid_pinned = parts_.pin_uuid});
}

Result<BootAnswer> Bootstrap::decide(const BootReport& report, const Keys& keys) {
  const BootVerdict verdict = judge(report, keys);
  BootAnswer answer{.kind = verdict.kind, .reason = verdict.reason, .code = {}, .challenge = {}};
  switch (verdict.kind) {
    case BootVerdict::Kind::kAdmit: {
      if (!admit_and_note(report, verdict)) {
        return Error{ErrorCode::kUnavailable, "the directory holds as many devices as it can"};
      }
      const store::Device& record = parts_.directory.find(report.device)->record;
      answer.generation = record.credential_issued;
      answer.transport = record.transport;
      return answer;
    }
    case BootVerdict::Kind::kNeedsOwner: {
      const auto code = codes_.code_for(applicant_of(report), http::limit_key(report.peer), wall());
      if (!code) return code.error();
      if (!note_waiting(report)) {
        return Error{ErrorCode::kUnavailable, "the directory holds as many devices as it can"};
      }
      answer.code = *code;
      // Also for devices that can prove nothing: without a challenge the firmware never polls.
      answer.challenge = challenges_.make(applicant_of(report), parts_.clock.now());
      return answer;
    }
    case BootVerdict::Kind::kNeedsProof:
      answer.challenge = challenges_.make(applicant_of(report), parts_.clock.now());
      return answer;
    case BootVerdict::Kind::kRefuse:
      return answer;
  }
  return answer;
}

// The directory's observer tells the shards within put(): before the answer leaves.
bool Bootstrap::admit_and_note(const BootReport& report, const BootVerdict& verdict) {
  const DeviceEntry* known = parts_.directory.find(report.device);
  store::Device device = known != nullptr ? known->record : new_device(report.device, wall());
  note_told(device, report, wall());
  if (verdict.pin) {
    device.client_uuid = report.uuid;
    device.serial = report.serial;
  }
  if (!parts_.directory.put(std::move(device))) return false;
  challenges_.use_up(applicant_of(report));
  return true;
}

// So that the console can show who waits. What is told in the name of a device that somebody owns is not
// believed: it may be an impostor's.
bool Bootstrap::note_waiting(const BootReport& report) {
  const DeviceEntry* known = parts_.directory.find(report.device);
  if (known != nullptr && !is_stranger(known->record)) return true;
  store::Device device = known != nullptr ? known->record : new_device(report.device, wall());
  note_told(device, report, wall());
  return parts_.directory.put(std::move(device));
}

ActivationState Bootstrap::activation_state(const BootReport& report, const Keys& keys,
                                            const ActivationProof& proof) {
  bool proof_unknown = false;
  if (keys.told && !proof.challenge.empty()) {
    switch (challenges_.answer(applicant_of(report), proof.challenge, proof.hmac_hex, *keys.told,
                               parts_.clock.now())) {
      case SerialChallenges::Verdict::kProven:
        break;
      case SerialChallenges::Verdict::kUnknown:
        proof_unknown = true;
        break;
      case SerialChallenges::Verdict::kWrong:
        logger().warn("wrong proof of a serial number device={} serial={} peer={}", report.device.text(),
                      report.serial, report.peer);
        return ActivationState::kWrongProof;
    }
  }
  const BootVerdict verdict = judge(report, keys);
  switch (verdict.kind) {
    case BootVerdict::Kind::kAdmit:
      return ActivationState::kActivated;
    case BootVerdict::Kind::kNeedsOwner:
      if (proof_unknown || codes_.find(applicant_of(report), wall()) == nullptr) {
        return ActivationState::kUnknown;
      }
      return ActivationState::kWaiting;
    case BootVerdict::Kind::kNeedsProof:
      return ActivationState::kNeedsProof;
    case BootVerdict::Kind::kRefuse:
      return ActivationState::kRefused;
  }
  return ActivationState::kRefused;
}

void Bootstrap::tick_later() {
  timer_.expires_after(kTick);
  timer_.async_wait([this](error_code cancelled) {
    if (cancelled) return;
    tick();
    tick_later();
  });
}

void Bootstrap::save_codes() {
  if (codes_.changes() == saved_changes_) return;
  saved_changes_ = codes_.changes();
  parts_.store.write(
      [saved = codes_.save()](store::Store& store) { store.settings().put(kSettingKey, saved); });
}

store::WallTime Bootstrap::wall() const {
  return std::chrono::time_point_cast<Milliseconds>(parts_.clock.wall());
}

}  // namespace earshot::gateway
