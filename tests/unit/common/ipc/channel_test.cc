#include "common/ipc/channel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "common/ipc/connect.h"
#include "common/ipc/listener.h"

namespace earshot::ipc {
namespace {

using Raw = asio::local::stream_protocol::socket;

class ChannelTest : public testing::Test {
 protected:
  ChannelTest() {
    Raw near(io_);
    asio::local::connect_pair(near, peer_);
    channel_ = Channel::create(std::move(near));
  }
  ~ChannelTest() override {
    channel_->close();
    io_.poll();
  }

  void start() {
    channel_->start({.on_envelope = [this](const Envelope& envelope) { received_.push_back(envelope); },
                     .on_closed = [this](const Error& error) { closed_.push_back(error); }});
  }
  template <class Condition>
  bool run_until(Condition&& done) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!done() && std::chrono::steady_clock::now() < limit) io_.run_one_for(Milliseconds(100));
    return done();
  }
  void peer_sends(const Bytes& bytes) { asio::write(peer_, asio::buffer(bytes)); }
  Envelope peer_reads() {
    std::array<std::uint8_t, kLengthBytes> head{};
    asio::read(peer_, asio::buffer(head));
    Bytes body(load_be32(head.data()));
    asio::read(peer_, asio::buffer(body));
    Envelope envelope;
    EXPECT_TRUE(envelope.ParseFromArray(body.data(), static_cast<int>(body.size())));
    return envelope;
  }

  asio::io_context io_{1};
  Raw peer_{io_};
  std::shared_ptr<Channel> channel_;
  std::vector<Envelope> received_;
  std::vector<Error> closed_;
};

Bytes record(const std::string& body) {
  Bytes bytes(kLengthBytes);
  store_be32(bytes.data(), static_cast<std::uint32_t>(body.size()));
  bytes.insert(bytes.end(), body.begin(), body.end());
  return bytes;
}

Envelope ping(std::uint64_t token) {
  Envelope envelope;
  envelope.mutable_ping()->set_token(token);
  return envelope;
}

Envelope audio(std::uint32_t sequence, std::size_t bytes) {
  Envelope envelope;
  envelope.set_session(7);
  envelope.mutable_audio_up()->set_sequence(sequence);
  envelope.mutable_audio_up()->set_opus(std::string(bytes, 'x'));
  return envelope;
}

TEST_F(ChannelTest, CarriesEnvelopesInOrder) {
  start();
  for (std::uint64_t token = 1; token <= 3; ++token) peer_sends(record(ping(token).SerializeAsString()));
  ASSERT_TRUE(run_until([&] { return received_.size() == 3; }));
  EXPECT_EQ(received_[2].ping().token(), 3U);

  channel_->send(ping(10));
  channel_->send_audio(audio(11, 100));
  channel_->send(ping(12));
  ASSERT_TRUE(run_until([&] { return channel_->queued_bytes() == 0; }));
  EXPECT_EQ(peer_reads().ping().token(), 10U);
  EXPECT_EQ(peer_reads().audio_up().sequence(), 11U);
  EXPECT_EQ(peer_reads().ping().token(), 12U);
}

TEST_F(ChannelTest, CountsAndSkipsWhatIsNoEnvelopeOrOfANewerVersion) {
  start();
  peer_sends(record("\xff\xff\xff\xff"));
  peer_sends(record(""));
  peer_sends(record(std::string("\x82\x7d\x01x", 4)));  // field 2000, length 1: a body of a later version
  peer_sends(record(ping(1).SerializeAsString()));
  ASSERT_TRUE(run_until([&] { return !received_.empty(); }));
  EXPECT_EQ(channel_->stats().malformed, 1U);
  EXPECT_EQ(channel_->stats().unknown_body, 2U);
  EXPECT_TRUE(channel_->is_open());
}

TEST_F(ChannelTest, ClosesOnceOnARecordOverTheLimit) {
  start();
  Bytes head(kLengthBytes);
  store_be32(head.data(), kMaxRecordBytes + 1);
  peer_sends(head);
  ASSERT_TRUE(run_until([&] { return !closed_.empty(); }));
  io_.poll();
  ASSERT_EQ(closed_.size(), 1U);
  EXPECT_EQ(closed_[0].code, ErrorCode::kTooLarge);
  EXPECT_FALSE(channel_->is_open());
  channel_->send(ping(1));  // no-op
}

TEST_F(ChannelTest, TellsWhenThePeerCloses) {
  start();
  peer_.close();
  ASSERT_TRUE(run_until([&] { return !closed_.empty(); }));
  EXPECT_EQ(closed_[0].code, ErrorCode::kUnavailable);
}

TEST_F(ChannelTest, DropsTheOldestAudioForAPeerThatDoesNotRead) {
  start();
  std::uint32_t sent = 0;
  while (channel_->stats().audio_dropped == 0) {
    channel_->send_audio(audio(++sent, 8000));
    io_.poll();
    ASSERT_LT(sent, 10'000U);
  }
  EXPECT_TRUE(channel_->is_open());
  peer_.close();
}

TEST_F(ChannelTest, ClosesWhenControlOverflowsAndCallsNobodyFromInsideSend) {
  start();
  Envelope large;
  large.mutable_mcp_up()->set_payload(std::string(200'000, 'x'));
  int sent = 0;
  while (channel_->is_open()) {
    channel_->send(large);
    ASSERT_LT(++sent, 1000);
  }
  EXPECT_TRUE(closed_.empty());
  ASSERT_TRUE(run_until([&] { return !closed_.empty(); }));
  EXPECT_EQ(closed_[0].code, ErrorCode::kTooLarge);
}

TEST_F(ChannelTest, ASessionsExcessIsLeftOutAndTheChannelLives) {
  start();
  channel_->hold_writes();
  Envelope answer;
  answer.set_session(7);
  answer.mutable_mcp_up()->set_payload(std::string(60'000, 'x'));
  int refused = 0;
  for (int i = 0; i < 1000; ++i) refused += channel_->offer(answer) ? 0 : 1;
  EXPECT_GT(refused, 900);
  EXPECT_EQ(channel_->stats().control_left_out, static_cast<std::uint64_t>(refused));
  Envelope listen;
  listen.set_session(7);
  listen.mutable_listen()->set_text(std::string(1000, 'x'));
  while (channel_->offer(listen)) ++refused;
  EXPECT_EQ(channel_->stats().session_overflow, 1U);
  EXPECT_TRUE(channel_->is_open());
  channel_->flush();
  EXPECT_EQ(peer_reads().mcp_up().payload().size(), 60'000U);
}

TEST_F(ChannelTest, MuchInOneRoundLeavesBeforeTheRoundsEnd) {
  start();
  channel_->hold_writes();
  Envelope load;
  load.mutable_load()->add_troubles()->set_why(std::string(30'000, 'x'));
  std::size_t most = 0;
  for (int i = 0; i < 1000; ++i) {
    channel_->send(load);
    most = std::max(most, channel_->queued_bytes());
    Bytes given(peer_.available());  // it reads all that it is given
    asio::read(peer_, asio::buffer(given));
    io_.poll();
    io_.restart();
  }
  EXPECT_TRUE(channel_->is_open());
  EXPECT_LT(most, 400'000U) << "30 MB passed";
}

TEST_F(ChannelTest, TellsOnceWhenLittleWaitsAndNotFromInsideACall) {
  start();
  int told = 0;
  channel_->when_below(1, [&] { ++told; });
  EXPECT_EQ(told, 0);
  io_.poll();
  EXPECT_EQ(told, 1);
  channel_->hold_writes();
  channel_->send(ping(1));
  channel_->when_below(1, [&] { ++told; });
  io_.poll();
  EXPECT_EQ(told, 1) << "the record waits";
  channel_->flush();
  EXPECT_EQ(told, 1);
  io_.poll();
  io_.poll();
  EXPECT_EQ(told, 2);
  channel_->when_below(1, [&] { ++told; });
  channel_->close();
  io_.restart();
  io_.poll();
  EXPECT_EQ(told, 2);
}

TEST_F(ChannelTest, LeavesOutAnEnvelopeThatThePeerWouldCloseFor) {
  start();
  Envelope huge;
  huge.mutable_mcp_up()->set_payload(std::string(kMaxRecordBytes, 'x'));
  channel_->send(huge);
  channel_->send(ping(1));
  ASSERT_TRUE(run_until([&] { return channel_->queued_bytes() == 0; }));
  EXPECT_EQ(peer_reads().ping().token(), 1U);
  EXPECT_EQ(channel_->stats().oversized_out, 1U);
}

TEST_F(ChannelTest, WritesWhatIsQueuedBeforeItClosesAndStaysSilent) {
  start();
  channel_->send(ping(1));
  channel_->close();
  EXPECT_FALSE(channel_->is_open());
  io_.run();
  EXPECT_EQ(peer_reads().ping().token(), 1U);
  std::array<std::uint8_t, 1> more{};
  error_code failure;
  peer_.read_some(asio::buffer(more), failure);
  EXPECT_EQ(failure, asio::error::eof);
  EXPECT_TRUE(closed_.empty());
}

TEST_F(ChannelTest, MayBeClosedFromItsOwnHandler) {
  int calls = 0;
  channel_->start({.on_envelope =
                       [&](const Envelope&) {
                         ++calls;
                         channel_->close();
                       },
                   .on_closed = [](const Error&) { FAIL(); }});
  peer_sends(record(ping(1).SerializeAsString()));
  peer_sends(record(ping(2).SerializeAsString()));
  io_.run();
  EXPECT_EQ(calls, 1);
}

class ListenerTest : public testing::Test {
 protected:
  ListenerTest() {
    std::string name = (std::filesystem::temp_directory_path() / "earshot-ipc-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~ListenerTest() override { std::filesystem::remove_all(folder_); }

  Endpoint unix_endpoint() const { return *parse_endpoint("unix:" + (folder_ / "run" / "w.sock").string()); }
  Result<Channel::Socket> dial(const Endpoint& endpoint) {
    std::optional<Result<Channel::Socket>> result;
    async_connect(io_.get_executor(), endpoint, Milliseconds(5000),
                  [&](Result<Channel::Socket> socket) { result.emplace(std::move(socket)); });
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    io_.restart();  // it stops whenever it has run out of work
    while (!result && std::chrono::steady_clock::now() < limit) io_.run_one_for(Milliseconds(100));
    if (!result) return Error{ErrorCode::kTimeout, "the test waited too long"};
    return std::move(*result);
  }

  std::filesystem::path folder_;
  asio::io_context io_{1};
};

TEST_F(ListenerTest, AcceptsOnUnixAndTcp) {
  for (const Endpoint& endpoint : {unix_endpoint(), *parse_endpoint("tcp:127.0.0.1:0")}) {
    auto listener = Listener::open(io_.get_executor(), endpoint);
    ASSERT_TRUE(listener.ok()) << listener.error().message;
    int accepted = 0;
    (*listener)->start([&](const Channel::Socket&) { ++accepted; });
    EXPECT_TRUE(dial((*listener)->endpoint()).ok());
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (accepted == 0 && std::chrono::steady_clock::now() < limit) io_.run_one_for(Milliseconds(100));
    EXPECT_EQ(accepted, 1) << endpoint.text();
    (*listener)->close();
    io_.poll();
    EXPECT_FALSE(dial((*listener)->endpoint()).ok());
  }
}

TEST_F(ListenerTest, KeepsTheSocketPrivateAndTakesItAway) {
  auto listener = Listener::open(io_.get_executor(), unix_endpoint());
  ASSERT_TRUE(listener.ok());
  struct stat file {};
  ASSERT_EQ(stat(unix_endpoint().path.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777U, 0600U);
  ASSERT_EQ(stat((folder_ / "run").c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777U, 0700U);
  (*listener)->close();
  EXPECT_FALSE(std::filesystem::exists(unix_endpoint().path));
}

TEST_F(ListenerTest, ReplacesAStaleSocketButNotALivingOneNorAFile) {
  std::filesystem::create_directories(folder_ / "run");
  {
    asio::local::stream_protocol::acceptor dead(io_,
                                                asio::local::stream_protocol::endpoint(unix_endpoint().path));
  }
  ASSERT_TRUE(std::filesystem::exists(unix_endpoint().path));
  auto first = Listener::open(io_.get_executor(), unix_endpoint());
  ASSERT_TRUE(first.ok()) << first.error().message;
  const auto second = Listener::open(io_.get_executor(), unix_endpoint());
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(std::filesystem::exists(unix_endpoint().path));
  (*first)->close();

  std::ofstream(unix_endpoint().path) << "not a socket";
  EXPECT_FALSE(Listener::open(io_.get_executor(), unix_endpoint()).ok());
  EXPECT_TRUE(std::filesystem::exists(unix_endpoint().path));
}

TEST_F(ListenerTest, SaysThatNobodyIsThere) {
  const auto nobody = dial(unix_endpoint());
  ASSERT_FALSE(nobody.ok());
  EXPECT_EQ(nobody.error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace earshot::ipc
