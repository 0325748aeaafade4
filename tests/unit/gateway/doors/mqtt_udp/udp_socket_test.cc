#include "gateway/doors/mqtt_udp/udp_socket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "common/base/startup_error.h"

namespace earshot::gateway {
namespace {

using namespace std::chrono_literals;
using Udp = asio::ip::udp;

class UdpSocketTest : public ::testing::Test {
 protected:
  ~UdpSocketTest() override { socket_->close(); }

  // Runs the socket until `done` holds; fails after five seconds.
  template <class Done>
  void run_until(Done done) {
    const auto limit = std::chrono::steady_clock::now() + 5s;
    while (!done()) {
      ASSERT_LT(std::chrono::steady_clock::now(), limit);
      io_.run_one_for(50ms);
      io_.restart();
    }
  }
  void start() {
    socket_->start({.on_datagram =
                        [this](ByteView datagram, UdpAddress from) {
                          received_.emplace_back(as_text(datagram));
                          from_ = from;
                        },
                    .on_round_end = [this] { ++rounds_; }});
  }
  void send(const std::string& bytes) {
    device_.send_to(asio::buffer(bytes), Udp::endpoint(asio::ip::address_v4::loopback(), socket_->port()));
  }
  UdpAddress device_address() const {
    return {asio::ip::address_v4::loopback().to_uint(), device_.local_endpoint().port()};
  }
  std::string device_reads() {
    std::array<char, 2000> bytes{};
    return {bytes.data(), device_.receive(asio::buffer(bytes))};
  }

  asio::io_context io_;
  std::shared_ptr<UdpSocket> socket_ = UdpSocket::bind(io_.get_executor(), "127.0.0.1", 0);
  Udp::socket device_{io_, Udp::endpoint(asio::ip::address_v4::loopback(), 0)};
  std::vector<std::string> received_;
  UdpAddress from_;
  int rounds_ = 0;
};

TEST_F(UdpSocketTest, HandsOnEachDatagramWithItsSender) {
  start();
  send("one");
  send("");
  send("three");
  run_until([&] { return received_.size() == 3; });
  EXPECT_THAT(received_, ::testing::ElementsAre("one", "", "three"));
  EXPECT_EQ(from_, device_address());
  EXPECT_GE(rounds_, 1);
}

TEST_F(UdpSocketTest, ReadsMoreThanOneBatch) {
  start();
  constexpr std::size_t kMany = UdpSocket::kBatch * 3 + 1;
  for (std::size_t i = 0; i < kMany; ++i) send(std::to_string(i));
  run_until([&] { return received_.size() == kMany; });
  EXPECT_EQ(received_.back(), std::to_string(kMany - 1));
}

TEST_F(UdpSocketTest, CountsWhatIsLongerThanADatagramMayBe) {
  start();
  send(std::string(1501, 'x'));
  send(std::string(1500, 'y'));
  run_until([&] { return !received_.empty(); });
  EXPECT_EQ(received_.size(), 1U);
  EXPECT_EQ(received_[0].size(), 1500U);
  EXPECT_EQ(socket_->counters().value(UdpEvent::kReceiveTruncated), 1U);
}

TEST_F(UdpSocketTest, SendsAnswersAtTheEndOfTheRound) {
  auto socket = socket_;
  socket_->start(
      {.on_datagram = [socket](ByteView datagram, UdpAddress from) { socket->queue(from, datagram); },
       .on_round_end = nullptr});
  send("echo");
  run_until([&] { return socket_->counters().value(UdpEvent::kSent) == 1; });
  EXPECT_EQ(device_reads(), "echo");
}

TEST_F(UdpSocketTest, KeepsOrderAndBoundariesWhenItSendsManyAtOnce) {
  for (int i = 0; i < 100; ++i) socket_->queue(device_address(), as_bytes(std::to_string(i)));
  socket_->flush();
  for (int i = 0; i < 100; ++i) ASSERT_EQ(device_reads(), std::to_string(i));
}

TEST_F(UdpSocketTest, SendsAFullBatchBeforeTheRoundEnds) {
  for (std::size_t i = 0; i < UdpSocket::kBatch + 1; ++i) socket_->queue(device_address(), as_bytes("x"));
  EXPECT_EQ(socket_->counters().value(UdpEvent::kSent), UdpSocket::kBatch);
  socket_->flush();
  EXPECT_EQ(socket_->counters().value(UdpEvent::kSent), UdpSocket::kBatch + 1);
}

TEST_F(UdpSocketTest, ADestinationThatIsRefusedDoesNotHoldUpTheOthers) {
  socket_->queue({0, 0}, as_bytes("to nobody"));
  socket_->queue(device_address(), as_bytes("to the device"));
  socket_->flush();
  EXPECT_EQ(device_reads(), "to the device");
  EXPECT_EQ(socket_->counters().value(UdpEvent::kSendError), 1U);
}

TEST_F(UdpSocketTest, RefusesADatagramOverTheMtu) {
  socket_->queue(device_address(), Bytes(1401));
  socket_->flush();
  EXPECT_EQ(socket_->counters().value(UdpEvent::kSendTooLarge), 1U);
  EXPECT_EQ(socket_->counters().value(UdpEvent::kSent), 0U);
}

TEST_F(UdpSocketTest, MayBeClosedFromItsOwnHandler) {
  auto socket = socket_;
  int heard = 0;
  socket_->start({.on_datagram =
                      [&heard, socket](ByteView, UdpAddress) {
                        ++heard;
                        socket->close();
                      },
                  .on_round_end = nullptr});
  send("one");
  send("two");
  run_until([&] { return heard > 0; });
  io_.run_for(100ms);
  EXPECT_EQ(heard, 1);
}

TEST_F(UdpSocketTest, ABusyPortNamesPortAndKey) {
  try {
    UdpSocket::bind(io_.get_executor(), "127.0.0.1", socket_->port());
    FAIL() << "bound twice";
  } catch (const StartupError& error) {
    EXPECT_EQ(error.code(), ExitCode::kBind);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("127.0.0.1:" + std::to_string(socket_->port())));
    EXPECT_THAT(error.what(), ::testing::HasSubstr("udp.port"));
  }
}

TEST_F(UdpSocketTest, AnAddressThatIsNoneIsAStartupError) {
  EXPECT_THROW(UdpSocket::bind(io_.get_executor(), "localhost", 0), StartupError);
}

}  // namespace
}  // namespace earshot::gateway
