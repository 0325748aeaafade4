// One record each way over a secured connection: how a worker with a token gets its certificate (proto/join.proto,
// docs/protocol_ipc.md "Joining").
//
// Runs on: the connection's executor.
// Owns: the connection. Kept alive by its pending operations.
// Lifecycle: made -> receive() and send(), in the order of the end -> closed when it dies.
// Bounded: a record has at most kMaxJoinBytes; one deadline for all of it.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/ipc/connection.h"
#include "common/ipc/framing.h"
#include "join.pb.h"

namespace earshot::ipc {

class JoinExchange : public std::enable_shared_from_this<JoinExchange> {
  struct Passkey {};

 public:
  static constexpr std::size_t kMaxJoinBytes = 32 * 1024;  // two certificates and texts need 4 KiB
  static std::shared_ptr<JoinExchange> create(Connection connection, Milliseconds patience);
  JoinExchange(Passkey, Connection connection, Milliseconds patience);

  // `done` is called once, never from inside the call. The peer's alert is told as TlsSession::why().
  void receive(std::function<void(Result<std::string>)> done);  // the record's body
  void send(const std::string& body, std::function<void(Status)> done);
  void close();  // says goodbye

 private:
  void take_records(const std::function<void(Result<std::string>)>& done);
  void read_more(std::function<void(Result<std::string>)> done);

  Connection connection_;
  asio::steady_timer timer_;
  bool late_ = false;
  RecordReader reader_;
  std::array<std::uint8_t, 8192> encrypted_{};
  std::string sending_;
};

}  // namespace earshot::ipc
