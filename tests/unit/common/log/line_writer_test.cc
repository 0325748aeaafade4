#include "common/log/line_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>

namespace earshot::log {
namespace {

using namespace std::chrono_literals;

// A pipe, as `earshot-gateway 2>&1 | less` has one.
class LineWriterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::pipe2(pipe_.data(), O_CLOEXEC), 0);
    ::fcntl(pipe_[0], F_SETFL, O_NONBLOCK);
  }
  void TearDown() override {
    ::close(pipe_[0]);
    if (pipe_[1] >= 0) ::close(pipe_[1]);
  }
  static std::string lost_line(std::uint64_t lines) { return "lost " + std::to_string(lines) + "\n"; }
  // What can be read now.
  std::string read_some() {
    std::string text(64 * 1024, '\0');
    const ssize_t got = ::read(pipe_[0], text.data(), text.size());
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
  }

  std::array<int, 2> pipe_{};
};

TEST_F(LineWriterTest, WritesAtOnceBeforeItsThreadIsThere) {
  LineWriter writer(pipe_[1], lost_line);
  writer.write("direct\n");
  EXPECT_EQ(read_some(), "direct\n");
}

TEST_F(LineWriterTest, KeepsTheOrderAndWritesEverythingWhenFlushed) {
  LineWriter writer(pipe_[1], lost_line);
  writer.start();
  std::string all;
  for (int i = 0; i < 1000; ++i) {
    writer.write(std::to_string(i) + "\n");
    all += std::to_string(i) + "\n";
  }
  EXPECT_TRUE(writer.flush(5s));
  EXPECT_EQ(read_some(), all);
  EXPECT_EQ(writer.lost(), 0U);
}

TEST_F(LineWriterTest, AReaderThatStopsHoldsNobodyUpAndIsToldWhatItMissed) {
  constexpr std::uint64_t kLines = 100'000;
  std::string read;
  std::uint64_t lost = 0;
  {
    LineWriter writer(pipe_[1], lost_line);
    writer.start();
    const std::string filler(90, '.');
    // Written directly, this would never end.
    for (std::uint64_t i = 0; i < kLines; ++i) writer.write(filler + std::to_string(1'000'000 + i) + "\n");
    EXPECT_FALSE(writer.flush(10ms)) << "nobody reads";
    lost = writer.lost();
    EXPECT_GT(lost, kLines / 2);
    while (!writer.flush(1ms)) read += read_some();
  }
  while (true) {
    const std::string more = read_some();
    if (more.empty()) break;
    read += more;
  }
  const auto told = read.find("lost ");
  ASSERT_NE(told, std::string::npos);
  EXPECT_EQ(std::stoull(read.substr(told + 5)), lost);
  EXPECT_EQ(read.find("lost ", told + 1), std::string::npos) << "told once";
  EXPECT_EQ(static_cast<std::uint64_t>(std::count(read.begin(), read.end(), '\n')), kLines - lost + 1);
  EXPECT_TRUE(read.ends_with(std::to_string(1'000'000 + kLines - 1) + "\n")) << "the newest are kept";
}

}  // namespace
}  // namespace earshot::log
