// A load run over WebSocket before a server that sends back what it gets.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "bench/simulator/load/load.h"
#include "bench/simulator/talk_options.h"
#include "common/json/json.h"
#include "tests/fakes/fake_http_server.h"
#include "tests/fakes/fake_ws_server.h"

namespace earshot::simulator {
namespace {

TEST(LoadWebSocket, EveryFrameComesBackInEachFraming) {
  for (const int version : {1, 2, 3}) {
    SCOPED_TRACE(version);
    fakes::FakeWsServer server;
    server.on_connection([](fakes::FakeSocket& socket) {
      socket.receive();
      socket.send_text(
          R"({"type":"hello","transport":"websocket","session_id":"s1",)"
          R"("audio_params":{"format":"opus","sample_rate":24000,"channels":1,"frame_duration":60}})");
      for (;;) {
        const fakes::FakeFrame frame = socket.receive();
        if (frame.binary) socket.send_binary(frame.data);
      }
    });
    fakes::FakeHttpServer ota;
    ota.on("POST", "/ota/", [&](const fakes::FakeRequest&, fakes::FakeAnswer& answer) {
      answer.head(200, "application/json");
      answer.send(R"({"websocket":{"url":")" + server.url("/") + R"(","token":"t","version":)" +
                  std::to_string(version) + "}}");
    });
    const std::string report = testing::TempDir() + "load-websocket.json";
    LoadOptions options;
    options.ota_url = ota.url("/ota/");
    options.websocket = true;
    options.devices = 3;
    options.seconds = 0.5;
    options.warmup = 0.2;
    options.json_path = report;
    options.quiet = true;
    EXPECT_EQ(run_load(options), kExitOk);
    EXPECT_EQ(server.upgrades().size(), 3U);
    EXPECT_EQ(server.upgrades()[0].headers.at("protocol-version"), std::to_string(version));
    std::ifstream file(report);
    std::stringstream text;
    text << file.rdbuf();
    const auto result = json::parse_object(text.str(), 1 << 20);
    ASSERT_TRUE(result) << text.str();
    EXPECT_GT(json::find_int(*result, "received").value_or(0), 0) << text.str();
  }
}

}  // namespace
}  // namespace earshot::simulator
