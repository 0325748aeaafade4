// The client's side of a WebSocket connection as bytes: as much of RFC 6455 as a device needs. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/bytes.h"

namespace earshot::simulator {

enum class WsOpcode : std::uint8_t {
  kContinuation = 0,
  kText = 1,
  kBinary = 2,
  kClose = 8,
  kPing = 9,
  kPong = 10
};

struct WsUrl {
  std::string host;
  std::uint16_t port = 80;
  std::string path = "/";
  // ws://host[:port][/path]: under load there is no TLS.
  static std::optional<WsUrl> parse(std::string_view text);
};

// The upgrade, with the given headers. The key is fixed: devices do not check the answer's either.
void append_ws_upgrade(Bytes& out, const WsUrl& url,
                       const std::vector<std::pair<std::string, std::string>>& headers);
// One whole masked frame.
void append_ws_frame(Bytes& out, WsOpcode opcode, ByteView payload, std::uint32_t mask);

// What the server sends: the answer to the upgrade, then frames.
class WsReader {
 public:
  static constexpr std::size_t kMaxHead = 8 * 1024;
  static constexpr std::size_t kMaxPayload = 64 * 1024;

  struct Item {
    bool upgraded = false;  // the first one: 101 has come
    WsOpcode opcode = WsOpcode::kText;
    Bytes payload;
  };

  void add(ByteView bytes) { buffer_.insert(buffer_.end(), bytes.begin(), bytes.end()); }
  // nullopt: more bytes are needed, or broken().
  std::optional<Item> next();
  // Empty: all is well.
  const std::string& broken() const { return broken_; }

 private:
  std::optional<Item> take_head();

  Bytes buffer_;
  bool upgraded_ = false;
  std::string broken_;
};

}  // namespace earshot::simulator
