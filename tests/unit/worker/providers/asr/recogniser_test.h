// Runs one utterance with a recogniser over loopback; waits are bounded, events decide.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "worker/providers/provider_context.h"
#include "worker/stages/asr.h"

namespace earshot::worker {

class RecogniserTest : public testing::Test {
 protected:
  struct Heard {
    std::vector<std::string> interim;
    std::optional<Result<Transcript>> final;
    int finals = 0;
  };

  ~RecogniserTest() override { pool_.join(); }

  std::unique_ptr<AsrStream> open(AsrProvider& provider, Heard& heard) {
    return provider.open({.language = "en-US"}, io_.get_executor(),
                         {.on_interim = [&](const std::string& text) { heard.interim.push_back(text); },
                          .on_final =
                              [&](Result<Transcript> result) {
                                ++heard.finals;
                                heard.final = std::move(result);
                              }});
  }
  // One second of speech at once, as a replay is, then the end.
  Heard hear(AsrProvider& provider) {
    Heard heard;
    const auto stream = open(provider, heard);
    for (int i = 0; i < 20; ++i) stream->write(std::vector<std::int16_t>(800, 1000));
    stream->finish();
    EXPECT_FALSE(heard.final.has_value()) << "called from inside a call";
    run_until([&] { return heard.final.has_value(); });
    EXPECT_EQ(heard.finals, 1);
    return heard;
  }
  template <class Condition>
  void run_until(Condition&& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition() && std::chrono::steady_clock::now() < deadline) {
      if (io_.stopped()) io_.restart();  // it ran out of work
      io_.run_one_for(Milliseconds(50));
    }
    ASSERT_TRUE(condition());
  }

  asio::io_context io_{1};
  asio::thread_pool pool_{1};
  HttpClient http_{io_};
  SystemClock clock_;
  ProviderContext context_{io_, pool_, http_, clock_};
};

}  // namespace earshot::worker
