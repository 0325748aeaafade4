// Our client against the servers of the protocol's makers, over each transport.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "tests/e2e/child_process.h"
#include "tests/fakes/tool_caller.h"
#include "worker/mcp_servers/mcp_servers.h"

namespace earshot::worker {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const std::string kServers = EARSHOT_REAL_MCP_SERVERS;
const std::string kFakes = std::string(EARSHOT_SOURCE_DIR) + "/tests/fakes/";
const std::string kEverything =
    kServers + "/node_modules/@modelcontextprotocol/server-everything/dist/index.js";
constexpr int kFirstPort = 38'100;

class RealMcpServersTest : public testing::Test {
 protected:
  void SetUp() override {
    static const int got =
        std::system((kFakes + "real_mcp_servers.sh " + kServers + " >" + kServers + ".log 2>&1").c_str());
    if (got != 0)
      GTEST_SKIP() << "no real servers: npm's or PyPI's registry is out of reach, see " << kServers << ".log";
  }
  void use(McpServerSettings settings) {
    servers_ = std::make_unique<McpServers>(io_, http_, clock_, std::vector{std::move(settings)});
    servers_->start();
    ASSERT_TRUE(caller_.wait_until([&] { return !servers_->tools()->empty(); }, std::chrono::seconds(90)));
  }
  static McpServerSettings program(const std::string& command, std::vector<std::string> arguments) {
    McpServerSettings settings;
    settings.name = "real";
    ProgramTerms terms;
    terms.command = command;
    terms.arguments = std::move(arguments);
    settings.terms = std::move(terms);
    return settings;
  }
  void serve(const std::string& transport, int port) {
    server_ = std::make_unique<e2e::ChildProcess>(
        std::vector<std::string>{"/usr/bin/env", "node", "--require", kFakes + "loopback_only.cjs",
                                 kEverything, transport},
        kServers + "." + transport + ".out", kServers + "." + transport + ".err",
        std::map<std::string, std::string>{{"PORT", std::to_string(port)}});
  }
  std::string call(const std::string& tool, const std::string& arguments = "{}") {
    return caller_.call(*servers_, "mcp.real." + tool, arguments);
  }
  void talk_to_everything() {
    EXPECT_THAT(call("echo", R"({"message":"hello"})"), HasSubstr("hello"));
    EXPECT_THAT(call("get-sum", R"({"a":2,"b":3})"), HasSubstr("5"));
    EXPECT_THAT(call("get-tiny-image"), HasSubstr("[an image, which is not shown: image/png]"));
    EXPECT_THAT(call("trigger-long-running-operation", R"({"duration":2,"steps":4})"), HasSubstr("ompleted"));
    EXPECT_THAT(call("get-sum", R"({"a":"two"})"), StartsWith("error: "));
  }

  asio::io_context io_{1};
  SystemClock clock_;
  HttpClient http_{io_};
  fakes::ToolCaller caller_{io_};
  std::unique_ptr<e2e::ChildProcess> server_;
  std::unique_ptr<McpServers> servers_;
};

TEST_F(RealMcpServersTest, EverythingOverStandardStreams) {
  use(program("node", {kEverything, "stdio"}));
  talk_to_everything();
  EXPECT_THAT(call("get-env"), testing::Not(HasSubstr("EARSHOT")));
}

TEST_F(RealMcpServersTest, EverythingOverServerSentEvents) {
  serve("sse", kFirstPort);
  McpServerSettings settings;
  settings.name = "real";
  SseTerms terms;
  terms.url = "http://127.0.0.1:" + std::to_string(kFirstPort) + "/sse";
  settings.terms = std::move(terms);
  use(std::move(settings));
  talk_to_everything();
}

TEST_F(RealMcpServersTest, EverythingOverStreamableHttpAndItsRestart) {
  serve("streamableHttp", kFirstPort + 1);
  McpServerSettings settings;
  settings.name = "real";
  StreamableTerms terms;
  terms.url = "http://127.0.0.1:" + std::to_string(kFirstPort + 1) + "/mcp";
  settings.terms = std::move(terms);
  use(std::move(settings));
  talk_to_everything();
  server_.reset();
  EXPECT_THAT(call("echo", R"({"message":"x"})"), StartsWith("error: "));
}

TEST_F(RealMcpServersTest, ThePythonKitOverStandardStreams) {
  use(program(kServers + "/python/bin/python3", {kFakes + "mcp_python_server.py"}));
  EXPECT_THAT(call("add", R"({"a":2,"b":3})"), HasSubstr("5"));
  EXPECT_THAT(call("fail"), StartsWith("error: "));
}

}  // namespace
}  // namespace earshot::worker
