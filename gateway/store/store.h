// The repository interface: everything durable, one class a noun.
//
// Runs on: a store thread, never elsewhere: each call blocks
// (store_proxy.h is the way in from everywhere else).
// Errors: StoreError, thrown; store_proxy.h turns it into a Result. A job of several calls is one
// transaction: all of it happens or none.
// `put` makes or replaces; removing what is not there is no error. Texts may hold anything, SQL too.
// Implementations: sqlite/ (the default), postgres/ (for gateways that share). tests/unit/gateway/store/store_contract.h is the
// suite that each must pass.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "gateway/store/lore_store.h"
#include "gateway/store/memory_store.h"
#include "gateway/store/records.h"

namespace earshot::store {

// What a call, or a job of several, throws. kInvalid: what it was asked breaks a rule; kUnavailable: the disk
// is full or gone; kInternal: it should not happen. A job may throw one itself to undo what it did.
class StoreError : public std::runtime_error {
 public:
  explicit StoreError(ErrorCode code, const std::string& message)
      : std::runtime_error(message), code_(code) {}
  explicit StoreError(const std::string& message) : StoreError(ErrorCode::kInternal, message) {}
  ErrorCode code() const { return code_; }

 private:
  ErrorCode code_;
};

// A page of a list, newest first: at most `limit` entries (1..kMaxPage; more is cut to it) older than
// `before` (an opaque cursor that the last page gave; empty: from the newest). A cursor that no page gave is
// refused with kInvalid.
inline constexpr std::size_t kMaxPage = 1000;
struct PageRequest {
  std::size_t limit = 50;
  std::string before{};
};
template <class T>
struct Page {
  std::vector<T> items;
  std::string next;  // empty: this was the last page
};

class DeviceRepository {
 public:
  virtual ~DeviceRepository() = default;
  virtual std::vector<Device> all() = 0;
  virtual std::optional<Device> find(const DeviceId& id) = 0;
  virtual void put(const Device& device) = 0;       // new or changed
  virtual void remove(const DeviceId& id) = 0;      // with its tools; conversations and commands stay
  virtual void disown(std::string_view owner) = 0;  // they are nobody's then
  // The device's tools/list as JSON, as last told; nullopt: never asked.
  virtual std::optional<std::string> tools(const DeviceId& id) = 0;
  virtual void put_tools(const DeviceId& id, std::string_view json) = 0;
  // Keys of chips with an eFuse serial number, sealed (secret_box.h).
  virtual std::optional<std::string> serial_key(std::string_view serial) = 0;
  virtual void put_serial_key(std::string_view serial, std::string_view sealed) = 0;
};

class UserRepository {
 public:
  virtual ~UserRepository() = default;
  virtual std::vector<User> all() = 0;
  virtual std::optional<User> find(std::string_view name) = 0;
  virtual void put(const User& user) = 0;
  virtual void remove(std::string_view name) = 0;  // with the user's tokens
};

class TokenRepository {
 public:
  virtual ~TokenRepository() = default;
  virtual std::vector<Token> all() = 0;
  virtual std::optional<Token> find(std::string_view id) = 0;
  virtual void put(const Token& token) = 0;
  virtual void remove(std::string_view id) = 0;
};

class OperatorRepository {
 public:
  virtual ~OperatorRepository() = default;
  virtual std::vector<BrokerOperator> all() = 0;
  virtual void put(const BrokerOperator& who) = 0;
  virtual void remove(std::string_view name) = 0;
};

class AgentRepository {
 public:
  virtual ~AgentRepository() = default;
  virtual std::vector<Agent> agents() = 0;
  virtual void put(const Agent& agent) = 0;
  virtual void remove_agent(std::string_view name) = 0;
  virtual std::vector<Provider> providers() = 0;
  virtual void put(const Provider& provider) = 0;
  virtual void remove_provider(std::string_view stage, std::string_view name) = 0;
};

class FirmwareRepository {
 public:
  virtual ~FirmwareRepository() = default;
  virtual std::vector<FirmwareImage> all() = 0;
  virtual void put(const FirmwareImage& image) = 0;
  virtual void remove(std::string_view id) = 0;
};

struct CommandFilter {
  std::optional<DeviceId> device{};
  std::optional<CommandState> state{};
};

class CommandRepository {
 public:
  virtual ~CommandRepository() = default;
  virtual void put(const Command& command) = 0;  // new or changed; the key is (by, id)
  virtual std::optional<Command> find(std::string_view by, std::string_view id) = 0;
  virtual std::optional<Command> find(std::string_view id) = 0;  // the newest of that id
  virtual Page<Command> list(const CommandFilter& filter, const PageRequest& page) = 0;
  virtual std::vector<Command> unfinished() = 0;  // queued and sent, oldest first: after a restart
  // Those that finished before `time`, at most `limit`.
  // RETURNS: how many.
  virtual std::size_t remove_before(WallTime time, std::size_t limit) = 0;
};

// The first audio of the turns that began in [from, the next bucket). A percentile is right to 3 %.
struct LatencyBucket {
  WallTime from{};
  std::uint32_t turns = 0;
  Milliseconds p50{};
  Milliseconds p90{};
  Milliseconds p99{};
};
inline constexpr Milliseconds kLatencySlot = std::chrono::minutes(5);

class ConversationRepository {
 public:
  virtual ~ConversationRepository() = default;
  // The key is the session. `turns` never shrinks: add() counts too.
  virtual void put(const Conversation& conversation) = 0;
  // Makes its conversation when that is not there yet. The same turn (session, number) again changes nothing.
  virtual void add(const Turn& turn) = 0;
  virtual std::optional<Conversation> find(std::string_view session) = 0;
  virtual Page<Conversation> list(const std::optional<DeviceId>& device, const PageRequest& page) = 0;
  virtual std::vector<Turn> turns(std::string_view session) = 0;  // without audio, in order
  // A turn whose audio was kept: session, device, number and the audio only.
  virtual std::optional<Turn> audio(std::string_view session, std::uint32_t number) = 0;
  // Turns with a first audio that began in [since, until), in at most `buckets` (1..500) buckets of one
  // width, oldest first, empty ones left out. They consist of whole five minutes, hours or days (UTC), the
  // widest that fit, so the first may begin before `since`.
  virtual std::vector<LatencyBucket> latency(const std::optional<DeviceId>& device, WallTime since,
                                             WallTime until, std::size_t buckets) = 0;
  // The latest turns with a first audio, newest first, without audio; at most kMaxPage.
  virtual std::vector<Turn> latest_turns(const std::optional<DeviceId>& device, std::size_t limit) = 0;
  // Conversations that began before `time`, with their turns and audio, oldest first, at most `limit`.
  // RETURNS: how many conversations.
  virtual std::size_t remove_before(WallTime time, std::size_t limit) = 0;
  virtual std::size_t remove_audio_before(WallTime time, std::size_t limit) = 0;  // RETURNS: how many turns'
  // Of this device, with their turns and audio, at most `limit`.
  // RETURNS: how many conversations: ask again until it is none.
  virtual std::size_t remove_of(const DeviceId& device, std::size_t limit) = 0;
};

class AuditRepository {
 public:
  virtual ~AuditRepository() = default;
  virtual void add(const AuditEntry& entry) = 0;  // `id` is given by the store
  virtual Page<AuditEntry> list(const PageRequest& page) = 0;
  virtual std::size_t remove_before(WallTime time, std::size_t limit) = 0;
};

// Small settings of the gateway itself (schema-free): key -> text.
class SettingRepository {
 public:
  virtual ~SettingRepository() = default;
  virtual std::optional<std::string> get(std::string_view key) = 0;
  virtual void put(std::string_view key, std::string_view value) = 0;
};

class Store {
 public:
  virtual ~Store() = default;
  virtual DeviceRepository& devices() = 0;
  virtual UserRepository& users() = 0;
  virtual TokenRepository& tokens() = 0;
  virtual OperatorRepository& operators() = 0;
  virtual AgentRepository& agents() = 0;
  virtual FirmwareRepository& firmware() = 0;
  virtual CommandRepository& commands() = 0;
  virtual ConversationRepository& conversations() = 0;
  virtual AuditRepository& audit() = 0;
  virtual SettingRepository& settings() = 0;
  virtual MemoryRepository* memory() { return nullptr; }  // nullptr: this store remembers nothing
  virtual LoreRepository* lore() { return nullptr; }      // nullptr: this store has no documents
};

}  // namespace earshot::store
