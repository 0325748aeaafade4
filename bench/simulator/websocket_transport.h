// One WebSocket a conversation, for control and audio (device-protocol 5). While idle nothing is connected.
//
// Runs on: the io_context's thread.
// Owns: the connection.
// Borrows: io and agenda.
#pragma once

#include <memory>
#include <string>

#include "bench/simulator/agenda.h"
#include "bench/simulator/firmware.h"
#include "bench/simulator/ota_rules.h"
#include "bench/simulator/pace_rules.h"
#include "bench/simulator/transport.h"
#include "common/asio/asio.h"
#include "common/http/websocket_client.h"

namespace earshot::simulator {

// Where and as whom.
struct WebSocketLogin {
  OtaAnswer::WebSocket server;
  std::string mac;
  std::string client_id;
};

class WebSocketTransport final : public Transport {
 public:
  WebSocketTransport(asio::io_context& io, Agenda& agenda, WebSocketLogin login, const Firmware& firmware,
                     Handlers handlers);

  TransportKind kind() const override { return TransportKind::kWebSocket; }
  std::string hello_head() const override;
  Status start() override;
  void stop() override { close(); }
  void open(std::function<void()> done) override;
  bool send(const std::string& text) override;
  Status begin_audio(const ServerHello& hello, std::uint64_t seed) override;
  void send_audio(ByteView opus) override;
  void speech_started(SteadyTime now) override;
  // By dropping TCP: the firmware sends no close frame.
  void close() override;
  void rest() override {}
  void add_to(LinkCounts& counts) const override;

  // The value of Authorization; empty: there is none.
  static std::string authorization(std::string_view token);

 private:
  void arrived(Bytes frame, SteadyTime arrival);
  void ended(const http::WebSocketClosed& closed);
  void keep_counts();

  asio::io_context& io_;
  Agenda& agenda_;
  WebSocketLogin login_;
  const Firmware& firmware_;
  Handlers handlers_;
  std::unique_ptr<http::WebSocketClient> socket_;
  std::uint64_t connection_ = 0;  // number of the present one: what comes late of another is dropped
  bool opened_ = false;           // the upgrade has been answered
  std::optional<PaceRules> pace_;
  std::uint32_t received_ = 0;  // packets of this connection: they have no numbers of their own
  LinkCounts counts_;           // without the pace of the present connection
};

}  // namespace earshot::simulator
