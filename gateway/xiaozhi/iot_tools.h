// The things of old firmware (1.7.x and before; device-protocol 10) as MCP tools: such a device has no MCP, tells
// what it is made of in `iot` descriptors and states, and takes `iot` commands. This answers the worker's
// requests in the device's place. Pure.
//
//   method SetVolume of Speaker  ->  tool Speaker.SetVolume, a call of it is a command to the device
//   property volume of Speaker   ->  tool Speaker.get_volume, answered with the last state
//
// A device tells its things right after its hello was answered, one message each, and listens then: a list that is
// asked for before is answered when it has begun to listen. What changes later is told as list_changed.
//
// Runs on: its owner's thread.
// Bounded: kMaxThings of kMaxMembers each, with short names and texts; what is more or longer, or has a name that
// cannot be put between quotes, is left out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/json/json.h"

namespace earshot::gateway {

class IotTools {
 public:
  static constexpr std::size_t kMaxThings = 32;
  static constexpr std::size_t kMaxMembers = 16;  // properties of a thing, methods of it, parameters of one
  static constexpr std::size_t kMaxNameBytes = 48;
  static constexpr std::size_t kMaxTextBytes = 256;  // of a description or a value
  static constexpr std::size_t kMaxListBytes = 48
                                               << 10;  // of a tools/list answer: tools beyond it are left out

  struct Answer {
    std::optional<std::string> reply = std::nullopt;     // JSON-RPC, to the worker
    std::optional<json::array> commands = std::nullopt;  // to the device
  };

  // From the device: the arrays of an `iot` message; hostile.
  // RETURNS: what the worker is to be told.
  std::optional<std::string> hear(const json::array& descriptors, const json::array& states);
  // The device listens: it has told what it had to tell.
  std::optional<std::string> listens();
  // From the worker: a JSON-RPC object.
  Answer request(const json::object& payload);

  std::size_t things() const { return things_.size(); }

 private:
  enum class Type { kBoolean, kNumber, kString };
  struct Property {
    std::string description;
    Type type = Type::kString;
    std::optional<json::value> value = std::nullopt;
  };
  struct Parameter {
    std::string name;
    std::string description;
    Type type = Type::kString;
  };
  struct Method {
    std::string description;
    std::vector<Parameter> parameters;
  };
  struct Thing {
    std::string description;
    std::map<std::string, Property, std::less<>> properties;
    std::map<std::string, Method, std::less<>> methods;
  };

  static std::optional<Type> read_type(const json::object& from);
  static bool fits(const json::value& value, Type type);
  static std::vector<Parameter> read_parameters(const json::object& method);
  static Thing read_thing(const json::object& descriptor);
  static json::object schema_of(const Method& method);
  static std::optional<json::object> take_arguments(const Method& method, const json::object& given,
                                                    std::string& problem);
  bool add_thing(const json::object& descriptor);
  void update_state(const json::object& state);
  std::string list(std::int64_t id) const;
  Answer call(std::int64_t id, const json::object& params) const;

  std::map<std::string, Thing, std::less<>> things_;
  std::optional<std::int64_t> held_list_;  // the request that waits for the device
  bool listens_ = false;
  bool listed_ = false;
};

}  // namespace earshot::gateway
