#include "common/http/websocket_server.h"

#include <utility>

#include "common/base/check.h"
#include "common/http/json_answer.h"
#include "common/http/upgrade_source.h"
#include "common/http/websocket_driver.h"
#include "common/http/websocket_frames.h"
#include "common/http/websocket_handshake.h"

namespace earshot::http {

ServerWebSocket::ServerWebSocket(std::shared_ptr<WebSocketDriver> driver, std::string peer)
    : driver_(std::move(driver)), peer_(std::move(peer)) {}

ServerWebSocket::~ServerWebSocket() {
  WebSocketDriver::abandon(std::move(driver_));
}

bool ServerWebSocket::send_text(std::string_view text) {
  return driver_->send(Opcode::kText, {}, as_bytes(text));
}

bool ServerWebSocket::send_binary(ByteView head, ByteView payload) {
  return driver_->send(Opcode::kBinary, head, payload);
}

void ServerWebSocket::close(std::uint16_t code, std::string_view reason) {
  driver_->close(code, reason);
}

std::size_t ServerWebSocket::queued_bytes() const {
  return driver_->queued_bytes();
}

PendingUpgrade::PendingUpgrade(std::unique_ptr<Source> source) : source_(std::move(source)) {}

PendingUpgrade::PendingUpgrade(PendingUpgrade&&) noexcept = default;

PendingUpgrade::~PendingUpgrade() {
  if (source_) source_->refuse(json_error(503, "nobody answers here"));
}

const Request& PendingUpgrade::request() const {
  EARSHOT_CHECK(source_ != nullptr, "the upgrade is decided already");
  return source_->request();
}

void PendingUpgrade::refuse(int status, std::string_view message) {
  EARSHOT_CHECK(source_ != nullptr, "the upgrade is decided already");
  std::exchange(source_, nullptr)->refuse(json_error(status, message));
}

std::shared_ptr<ServerWebSocket> PendingUpgrade::accept(const Executor& executor, WebSocketLimits limits,
                                                        ServerWebSocketHandlers handlers,
                                                        std::string_view subprotocol) {
  EARSHOT_CHECK(source_ != nullptr, "the upgrade is decided already");
  const auto source = std::exchange(source_, nullptr);
  auto driver = std::make_shared<WebSocketDriver>(executor, source->take_stream(executor),
                                                  source->take_place(), limits, std::move(handlers));
  auto socket = std::make_shared<ServerWebSocket>(driver, source->request().peer);
  // Not before the caller is done on this thread: what it posts to the executor, the socket for one, is there
  // before the first handler is called.
  asio::post(source->home(), [executor, driver = std::move(driver),
                              answer = handshake_answer(source->request(), subprotocol)]() mutable {
    asio::post(executor, [driver = std::move(driver), answer = std::move(answer)]() mutable {
      driver->start(std::move(answer));
    });
  });
  return socket;
}

}  // namespace earshot::http
