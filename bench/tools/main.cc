// earshot-bench-tools: what 500 tools cost a turn, and what a warm call of an MCP server adds, over a program's streams
// and over HTTP. Usage: earshot-bench-tools MCP_SERVER_SCRIPT    (tests/fakes/mcp_server.py)
#include <algorithm>
#include <cstdio>
#include <optional>
#include <vector>

#include "tests/fakes/fake_http_server.h"
#include "tests/fakes/tool_caller.h"
#include "worker/dialogue/tool_box.h"
#include "worker/mcp_servers/mcp_servers.h"

namespace {

using namespace earshot;
using namespace earshot::worker;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kTools = 500;
constexpr int kTurns = 2000;
constexpr int kCalls = 2000;

class ManyTools final : public ToolSource {
 public:
  ManyTools() {
    auto made = std::make_shared<std::vector<ToolSpec>>();
    for (std::size_t i = 0; i < kTools; ++i) {
      made->push_back(
          {.name = "mcp.server.tool_" + std::to_string(i),
           .description = std::string(200, 'd'),
           .input_schema = R"({"type":"object","properties":{"query":{"type":"string","description":")" +
                           std::string(80, 's') + R"("},"limit":{"type":"integer"}},"required":["query"]})"});
    }
    list_ = std::move(made);
  }
  ToolList tools() const override { return list_; }
  std::unique_ptr<OutsideRun> run(const std::string&, json::object,
                                  std::function<void(OutsideAnswer)>) override {
    return std::make_unique<OutsideRun>();
  }

 private:
  ToolList list_;
};

void print(const char* what, std::vector<double> milliseconds) {
  std::ranges::sort(milliseconds);
  const auto at = [&](double part) {
    return milliseconds[static_cast<std::size_t>(part * static_cast<double>(milliseconds.size() - 1))];
  };
  std::printf("%-40s p50 %.3f ms  p99 %.3f ms\n", what, at(0.5), at(0.99));
}

template <class Work>
double timed(Work&& work) {
  const auto began = Clock::now();
  work();
  return std::chrono::duration<double, std::milli>(Clock::now() - began).count();
}

void list_cost() {
  ManyTools many;
  const ToolLimits limits;
  const BuiltinTools builtin;
  const SystemClock clock;
  ToolBox box(
      limits, {}, builtin, clock, [](const std::string&) {}, nullptr, nullptr, &many);
  box.start(false, clock.now());
  std::printf("first turn of a conversation, 500 tools: %.3f ms\n", timed([&] { (void)box.tools(); }));
  std::vector<double> each;
  for (int i = 0; i < kTurns; ++i) each.push_back(timed([&] { (void)box.tools(); }));
  print("a turn's list of 500 tools", std::move(each));
}

void call_cost(const char* what, McpServerSettings settings) {
  asio::io_context io{1};
  const SystemClock clock;
  HttpClient http(io);
  fakes::ToolCaller caller(io);
  McpServers servers(io, http, clock, {std::move(settings)});
  servers.start();
  if (!caller.wait_until([&] { return !servers.tools()->empty(); })) {
    std::printf("%s: the server did not come up\n", what);
    return;
  }
  const std::string name = servers.tools()->front().name;
  std::vector<double> each;
  for (int i = 0; i < kCalls; ++i) each.push_back(timed([&] { (void)caller.call(servers, name); }));
  print(what, std::vector<double>(each.begin() + kCalls / 10, each.end()));  // the first ones warm up
}

McpServerSettings program(const std::string& script) {
  McpServerSettings settings;
  settings.name = "bench";
  ProgramTerms terms;
  terms.command = "python3";
  terms.arguments = {script, "well"};
  settings.terms = std::move(terms);
  return settings;
}

void http_calls() {
  fakes::FakeHttpServer server;
  server.on("POST", "/mcp", [](const fakes::FakeRequest& request, fakes::FakeAnswer& answer) {
    const auto body = *json::parse_object(request.body, 1 << 20);
    const auto method = json::find_string(body, "method").value_or("");
    std::string result = R"({"content":[{"type":"text","text":"x"}]})";
    if (method == "initialize") result = R"({"protocolVersion":"2025-06-18","capabilities":{"tools":{}}})";
    if (method == "tools/list") result = R"({"tools":[{"name":"x"}]})";
    const auto id = json::find_int(body, "id");
    answer.head(id ? 200 : 202, "application/json");
    if (id) answer.send(R"({"jsonrpc":"2.0","id":)" + std::to_string(*id) + R"(,"result":)" + result + "}");
  });
  McpServerSettings settings;
  settings.name = "bench";
  StreamableTerms terms;
  terms.url = server.url("/mcp");
  settings.terms = std::move(terms);
  call_cost("a warm call over streamable HTTP", std::move(settings));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: earshot-bench-tools MCP_SERVER_SCRIPT\n", stderr);
    return 2;
  }
  list_cost();
  call_cost("a warm call of a program", program(argv[1]));
  http_calls();
  return 0;
}
