#include "gateway/control/commands/command_request.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace earshot::commands {

namespace {

constexpr std::array<std::string_view, 7> kKindNames{"tool",  "tools", "reboot", "upgrade",
                                                     "alert", "say",   "message"};
constexpr std::array<std::string_view, 18> kMembers{"device",
                                                    "devices",
                                                    "tag",
                                                    "kind",
                                                    "tool",
                                                    "arguments",
                                                    "url",
                                                    "image",
                                                    "text",
                                                    "status",
                                                    "message",
                                                    "emotion",
                                                    "payload",
                                                    "id",
                                                    "timeout_ms",
                                                    "ttl_ms",
                                                    "allow_user_tools",
                                                    "system"};

constexpr Milliseconds kMinTimeout{100};
constexpr Milliseconds kMaxTimeout{300'000};
constexpr Milliseconds kDefaultTtl{60'000};
constexpr Milliseconds kMaxTtl = std::chrono::days(7);
constexpr std::size_t kMaxToolNameBytes = 128;
constexpr std::size_t kMaxUrlBytes = 1024;
constexpr std::size_t kMaxEmotionBytes = 32;
constexpr std::size_t kMaxFieldBytes = 64;

// A device that restarts is away for as long as its start and its network take; an upgrade downloads an image
// of some MB first; what is said may have to wait for the device to open its channel.
Milliseconds default_timeout(CommandKind kind) {
  switch (kind) {
    case CommandKind::kTool:
    case CommandKind::kTools:
    case CommandKind::kAlert:
    case CommandKind::kMessage:
      return Milliseconds(10'000);
    case CommandKind::kReboot:
      return Milliseconds(60'000);
    case CommandKind::kSay:
      return Milliseconds(30'000);
    case CommandKind::kUpgrade:
      return kMaxTimeout;
  }
  return Milliseconds(10'000);
}

Error bad_request(std::string message) {
  return Error{ErrorCode::kInvalid, std::move(message)};
}

bool is_known_member(std::string_view name) {
  return std::ranges::find(kMembers, name) != kMembers.end();
}

// Reads members of one request; the first problem is kept.
class Reader {
 public:
  explicit Reader(const json::object& from) : from_(from) {}

  std::optional<std::string> text(std::string_view key, std::size_t max_bytes) {
    const json::value* found = from_.if_contains(key);
    if (found == nullptr) return std::nullopt;
    if (!found->is_string()) return fail("'" + std::string(key) + "' must be a string");
    const std::string_view given(found->get_string());
    if (given.size() > max_bytes) {
      return fail("'" + std::string(key) + "' is longer than " + std::to_string(max_bytes) + " bytes");
    }
    return std::string(given);
  }
  std::string needed_text(std::string_view key, std::size_t max_bytes) {
    auto given = text(key, max_bytes);
    if (!given || given->empty()) fail("'" + std::string(key) + "' is missing");
    return given.value_or("");
  }
  json::object object(std::string_view key, std::size_t max_bytes) {
    const json::value* found = from_.if_contains(key);
    if (found == nullptr) return {};
    if (!found->is_object()) {
      fail("'" + std::string(key) + "' must be an object");
      return {};
    }
    if (json::serialize(*found).size() > max_bytes) {
      fail("'" + std::string(key) + "' is larger than " + std::to_string(max_bytes) + " bytes");
    }
    return found->get_object();
  }
  Milliseconds duration(std::string_view key, Milliseconds usual, Milliseconds least, Milliseconds most) {
    if (!from_.contains(key)) return usual;
    const auto given = json::find_int(from_, key);
    if (!given || *given < least.count() || *given > most.count()) {
      fail("'" + std::string(key) + "' must be an integer from " + std::to_string(least.count()) + " to " +
           std::to_string(most.count()));
      return usual;
    }
    return Milliseconds(*given);
  }
  bool flag(std::string_view key) {
    if (!from_.contains(key)) return false;
    const auto given = json::find_bool(from_, key);
    if (!given) fail("'" + std::string(key) + "' must be true or false");
    return given.value_or(false);
  }
  bool has(std::string_view key) const { return from_.contains(key); }

  std::nullopt_t fail(std::string message) {
    if (!problem_) problem_ = bad_request(std::move(message));
    return std::nullopt;
  }
  const std::optional<Error>& problem() const { return problem_; }

 private:
  const json::object& from_;
  std::optional<Error> problem_;
};

void read_devices(const json::object& from, Reader& reader, CommandRequest& request) {
  const auto* list = json::find_array(from, "devices");
  if (list == nullptr || list->empty() || list->size() > kMaxTargets) {
    reader.fail("'devices' must be an array of 1 to " + std::to_string(kMaxTargets) + " device ids");
    return;
  }
  std::set<DeviceId> seen;
  for (const json::value& entry : *list) {
    const auto device =
        entry.is_string() ? DeviceId::parse(std::string_view(entry.get_string())) : std::nullopt;
    if (!device) {
      reader.fail("'devices' holds what is no device id: " + json::clean_text(json::serialize(entry), 64));
      return;
    }
    if (seen.insert(*device).second) request.devices.push_back(*device);
  }
}

void read_target(const json::object& from, const std::optional<DeviceId>& target, Reader& reader,
                 CommandRequest& request) {
  const int named = int{reader.has("device")} + int{reader.has("devices")} + int{reader.has("tag")};
  if (target) {
    if (named > 0) reader.fail("the device is named already; leave out 'device', 'devices' and 'tag'");
    request.devices = {*target};
    return;
  }
  if (named != 1) {
    reader.fail("one of 'device', 'devices' and 'tag' says for whom the command is");
    return;
  }
  if (reader.has("devices")) return read_devices(from, reader, request);
  if (reader.has("tag")) {
    request.tag = reader.needed_text("tag", kMaxFieldBytes);
    return;
  }
  const auto device = DeviceId::parse(reader.needed_text("device", kMaxFieldBytes));
  if (device) {
    request.devices = {*device};
  } else {
    reader.fail("'device' is no device id (aa:bb:cc:dd:ee:ff)");
  }
}

void read_upgrade(Reader& reader, json::object& arguments) {
  if (reader.has("image") == reader.has("url")) {
    reader.fail("an upgrade needs one of 'image' and 'url'");
  } else if (reader.has("image")) {
    arguments["image"] = reader.needed_text("image", kMaxFieldBytes);
  } else {
    const std::string url = reader.needed_text("url", kMaxUrlBytes);
    const bool plain =
        std::ranges::all_of(url, [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '\\'; });
    if (!plain || !(url.starts_with("http://") || url.starts_with("https://"))) {
      reader.fail("'url' must be an http or https address");
    }
    arguments["url"] = url;
  }
}

void read_arguments(Reader& reader, CommandRequest& request) {
  json::object& out = request.arguments;
  switch (request.kind) {
    case CommandKind::kTool:
      out["tool"] = reader.needed_text("tool", kMaxToolNameBytes);
      out["arguments"] = reader.object("arguments", kMaxArgumentsBytes);
      return;
    case CommandKind::kTools:
      return;
    case CommandKind::kReboot:
      if (reader.flag("system")) out["system"] = true;
      return;
    case CommandKind::kUpgrade:
      return read_upgrade(reader, out);
    case CommandKind::kAlert:
      // The firmware ignores an alert without all three (6.2).
      out["status"] = reader.text("status", kMaxSayBytes).value_or("Info");
      out["message"] = reader.needed_text("message", kMaxSayBytes);
      out["emotion"] = reader.text("emotion", kMaxEmotionBytes).value_or("neutral");
      return;
    case CommandKind::kSay:
      out["text"] = reader.needed_text("text", kMaxSayBytes);
      return;
    case CommandKind::kMessage:
      if (!reader.has("payload")) reader.fail("'payload' is missing");
      out["payload"] = reader.object("payload", kMaxArgumentsBytes);
      return;
  }
}

}  // namespace

std::string_view name_of(CommandKind kind) {
  return kKindNames[static_cast<std::size_t>(kind)];
}

std::optional<CommandKind> kind_named(std::string_view name) {
  const auto found = std::ranges::find(kKindNames, name);
  if (found == kKindNames.end()) return std::nullopt;
  return static_cast<CommandKind>(found - kKindNames.begin());
}

bool is_command_key(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '_' || c == '-';
  });
}

Result<CommandRequest> parse_command_request(std::string_view text, const std::optional<DeviceId>& target) {
  const auto parsed = json::parse_object(text, kMaxRequestBytes);
  if (!parsed) return parsed.error();
  return parse_command_request(*parsed, target);
}

Result<CommandRequest> parse_command_request(const json::object& from,
                                             const std::optional<DeviceId>& target) {
  for (const auto& member : from) {
    if (!is_known_member(member.key())) {
      return bad_request("no command has a member '" + json::clean_text(member.key(), 64) + "'");
    }
  }
  Reader reader(from);
  CommandRequest request;
  read_target(from, target, reader, request);
  const auto kind =
      kind_named(reader.text("kind", kMaxFieldBytes).value_or(reader.has("tool") ? "tool" : ""));
  if (!kind) return bad_request("'kind' must be one of tool, tools, reboot, upgrade, alert, say, message");
  request.kind = *kind;
  read_arguments(reader, request);
  request.id = reader.text("id", 64).value_or("");
  if (reader.has("id") && !is_command_key(request.id)) {
    reader.fail("'id' must be 1 to 64 characters of A-Z, a-z, 0-9, '.', '_', '-'");
  }
  request.timeout = reader.duration("timeout_ms", default_timeout(*kind), kMinTimeout, kMaxTimeout);
  request.ttl = reader.duration("ttl_ms", kDefaultTtl, Milliseconds(0), kMaxTtl);
  request.user_tools = reader.flag("allow_user_tools");
  if (reader.problem()) return *reader.problem();
  return request;
}

}  // namespace earshot::commands
