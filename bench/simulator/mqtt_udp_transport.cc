#include "bench/simulator/mqtt_udp_transport.h"

#include <chrono>
#include <utility>

namespace earshot::simulator {

namespace {
constexpr auto kConnectWait = std::chrono::seconds(10);  // device-protocol 2.1
}  // namespace

MqttUdpTransport::MqttUdpTransport(asio::io_context& io, Agenda& agenda, OtaAnswer::Mqtt login,
                                   const Firmware& firmware, const FaultRates& faults, Handlers handlers)
    : io_(io),
      agenda_(agenda),
      login_(std::move(login)),
      firmware_(firmware),
      faults_(faults),
      handlers_(std::move(handlers)) {}

Status MqttUdpTransport::start() {
  if (!firmware_.mqtt_in_conversations_only) return connect();
  agenda_.at(agenda_.now(), [this] { handlers_.ready(); });
  return kDone;
}

Status MqttUdpTransport::connect() {
  connected_ = false;
  const std::uint64_t number = ++connection_;
  mqtt_ = std::make_unique<MqttDriver>(
      io_.get_executor(), login_,
      MqttDriver::Handlers{
          .connected =
              [this, number] {
                if (number != connection_) return;
                if (std::exchange(connected_, true)) return handlers_.reconnected();  // the session lives on
                if (!firmware_.mqtt_in_conversations_only && !std::exchange(told_ready_, true))
                  handlers_.ready();
                if (const auto opened = std::exchange(on_open_, nullptr)) opened();
              },
          .refused = [this](const std::string& why) { handlers_.failed("the broker says: " + why); },
          .lost = [] {},  // the session lives on; a publish that fails is noticed
          .message =
              [this, number](const std::string& text, SteadyTime arrival) {
                agenda_.at(arrival, [this, number, text, arrival] {
                  if (number == connection_) handlers_.message(text, arrival);
                });
              }});
  agenda_.after(kConnectWait, [this, number] {
    if (number == connection_ && !connected_) handlers_.failed("no MQTT connection within 10 s");
  });
  return mqtt_->connect();
}

void MqttUdpTransport::stop() {
  if (mqtt_) mqtt_->disconnect();
}

void MqttUdpTransport::open(std::function<void()> done) {
  if (mqtt_) return done();
  on_open_ = std::move(done);
  if (const Status begun = connect(); !begun) handlers_.failed(begun.error().message);
}

bool MqttUdpTransport::send(const std::string& text) {
  return mqtt_ && mqtt_->publish(text);
}

Status MqttUdpTransport::begin_audio(const ServerHello& hello, std::uint64_t seed) {
  auto link = AudioLink::open(
      io_, agenda_, hello, firmware_, faults_, seed,
      {.wire = [this](SteadyTime arrival, Violations broken) { handlers_.wire(arrival, std::move(broken)); },
       .packet =
           [this](UdpReceiver::Packet packet) {
             handlers_.audio({.opus = std::move(packet.opus), .sequence = packet.sequence});
           }});
  if (!link) return link.error();
  link_ = std::move(*link);
  return kDone;
}

void MqttUdpTransport::send_audio(ByteView opus) {
  if (link_) link_->send(opus);
}

void MqttUdpTransport::speech_started(SteadyTime now) {
  if (link_) link_->speech_started(now);
}

void MqttUdpTransport::close() {
  if (!link_) return;
  link_->close();
  closed_links_.push_back(std::move(link_));
}

void MqttUdpTransport::rest() {
  if (!firmware_.mqtt_in_conversations_only || !mqtt_) return;
  ++connection_;
  mqtt_->disconnect();
  mqtt_.reset();
}

void MqttUdpTransport::add_to(LinkCounts& counts) const {
  for (const auto& link : closed_links_) link->add_to(counts);
  if (link_) link_->add_to(counts);
}

}  // namespace earshot::simulator
