// The tools over real sockets: a service on loopback plays weather, news and search, and what attackers would.
#include "worker/http_tools/http_tools.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/fake_http_server.h"
#include "tests/fakes/tool_caller.h"

namespace earshot::worker {
namespace {

using fakes::FakeAnswer;
using fakes::FakeRequest;
using testing::Contains;
using testing::HasSubstr;
using testing::Key;
using testing::Not;
using testing::StartsWith;

class HttpToolsTest : public testing::Test {
 protected:
  void serve(const std::string& method, const std::string& path, const std::string& type, std::string body) {
    service_.on(method, path, [type, body = std::move(body)](const FakeRequest&, FakeAnswer& answer) {
      answer.head(200, type);
      answer.send(body);
    });
  }
  // HOST stands for the service.
  void configure(std::string yaml) {
    const std::string host = service_.url();
    for (std::size_t at = 0; (at = yaml.find("HOST", at)) != std::string::npos;) yaml.replace(at, 4, host);
    ConfigReader reader = ConfigReader::parse(yaml, "w.yaml");
    auto settings = read_http_tools(reader.root().section("http_tools"));
    reader.finish();
    tools_ = std::make_unique<HttpTools>(io_, std::move(settings));
  }
  std::string call(const std::string& name, const std::string& arguments = "{}") {
    return caller_.call(*tools_, name, arguments);
  }

  fakes::FakeHttpServer service_;
  asio::io_context io_{1};
  fakes::ToolCaller caller_{io_};
  std::unique_ptr<HttpTools> tools_;
};

TEST_F(HttpToolsTest, WhatIsLookedUpFirstIsUsedInTheRequest) {
  serve("GET", "/geo", "application/json", R"({"results":[{"latitude":52.52,"name":"Berlin"}]})");
  serve("GET", "/weather", "application/json", R"({"current":{"temperature_2m":21.5}})");
  configure(
      "http_tools:\n  weather:\n    description: d\n    allow_private: true\n    parameters: {city: "
      "{required: true}}\n"
      "    lookup: {url: \"HOST/geo?name={{city}}\", take: {lat: /results/0/latitude, place: "
      "/results/0/name}}\n"
      "    url: \"HOST/weather?at={{lat}}\"\n    headers: {X-Place: \"{{place}}\"}\n    answer: /current\n");
  EXPECT_EQ(call("weather", R"({"city":"Frankfurt & Oder"})"), R"({"temperature_2m":21.5})");
  const auto requests = service_.requests();
  EXPECT_EQ(requests.at(0).query, "name=Frankfurt%20%26%20Oder");
  EXPECT_EQ(requests.at(1).query, "at=52.52");
  EXPECT_EQ(requests.at(1).headers.at("x-place"), "Berlin");
}

TEST_F(HttpToolsTest, ASecretGoesWhereItBelongsAndFollowsNoRedirect) {
  ::setenv("TEST_SEARCH_KEY", "word", 1);
  serve("POST", "/search", "application/json", R"({"results":[{"title":"a","content":"b"}]})");
  service_.on("POST", "/moved", [](const FakeRequest&, FakeAnswer& answer) {
    answer.head(307, "text/plain", {{"Location", "/search"}});
  });
  const std::string keys =
      "    description: d\n    allow_private: true\n    method: POST\n    secret_env: TEST_SEARCH_KEY\n"
      "    parameters: {query: {required: true}}\n    headers: {Authorization: \"Bearer {{secret}}\"}\n"
      "    body: '{\"query\":\"{{query}}\",\"max_results\":3}'\n    each: /results\n"
      "    answer: \"{{/title}}: {{/content}}\"\n";
  configure("http_tools:\n  search:\n    url: HOST/search\n" + keys + "  moved:\n    url: HOST/moved\n" +
            keys);
  EXPECT_EQ(call("search", R"({"query":"say \"x\""})"), "a: b");
  const auto request = service_.requests().at(0);
  EXPECT_EQ(request.headers.at("authorization"), "Bearer word");
  EXPECT_EQ(request.body, R"({"query":"say \"x\"","max_results":3})");
  EXPECT_THAT(call("moved", R"({"query":"x"})"), HasSubstr("error: the service has moved"));
}

TEST_F(HttpToolsTest, PrivateAddressesAreRefusedByWhateverWayTheyAreReached) {
  serve("GET", "/x", "application/json", R"("reached")");
  const std::string port = std::to_string(service_.port());
  std::string yaml = "http_tools:\n";
  const std::vector<std::string> hosts = {"127.0.0.1", "localhost",         "[::1]", "0.0.0.0", "2130706433",
                                          "0x7f.1",    "[::ffff:127.0.0.1]"};
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    yaml +=
        "  t" + std::to_string(i) + ": {description: d, url: \"http://" + hosts[i] + ":" + port + "/x\"}\n";
  }
  configure(yaml);
  for (std::size_t i = 0; i < hosts.size(); ++i)
    EXPECT_THAT(call("t" + std::to_string(i)), StartsWith("error: ")) << hosts[i];
  EXPECT_THAT(call("t0"), HasSubstr("not a public one"));
  EXPECT_TRUE(service_.requests().empty());
}

TEST_F(HttpToolsTest, AConnectionOfAToolThatMayIsNotUsedByOneThatMayNot) {
  serve("GET", "/x", "application/json", R"("reached")");
  configure(
      "http_tools:\n  may: {description: d, url: HOST/x, allow_private: true}\n  not: {description: d, url: "
      "HOST/x}\n");
  EXPECT_EQ(call("may"), "reached");
  EXPECT_THAT(call("not"), HasSubstr("not a public one"));
}

TEST_F(HttpToolsTest, SlowHugeAndBrokenServicesAreErrorsInTime) {
  serve("GET", "/huge", "application/json", std::string(200'000, ' '));
  serve("GET", "/html", "text/html", "<html>");
  service_.on("GET", "/slow", [](const FakeRequest&, FakeAnswer& answer) {
    answer.head(200, "application/json");
    answer.send(" ");
    answer.wait(fakes::Delay(20'000));
  });
  configure(
      "http_tools:\n  huge: {description: d, url: HOST/huge, allow_private: true, max_bytes: 65536}\n"
      "  html: {description: d, url: HOST/html, allow_private: true}\n"
      "  gone: {description: d, url: HOST/gone, allow_private: true}\n"
      "  slow: {description: d, url: HOST/slow, allow_private: true, timeout_ms: 500}\n");
  EXPECT_THAT(call("huge"), HasSubstr("larger than allowed"));
  EXPECT_THAT(call("html"), HasSubstr("not JSON"));
  EXPECT_THAT(call("gone"), HasSubstr("404"));
  EXPECT_THAT(call("slow"), StartsWith("error: "));
  EXPECT_THAT(call("nothing"), HasSubstr("no such tool"));
}

TEST_F(HttpToolsTest, WhoGivesACallUpIsNotCalled) {
  serve("GET", "/x", "application/json", R"("reached")");
  configure("http_tools: {x: {description: d, url: HOST/x, allow_private: true}}\n");
  bool called = false;
  auto run = tools_->run("x", {}, [&](const OutsideAnswer&) { called = true; });
  run.reset();
  io_.run_for(Milliseconds(200));
  EXPECT_FALSE(called);
}

TEST_F(HttpToolsTest, NewsAreToldItemByItem) {
  serve("GET", "/rss", "application/rss+xml",
        "<rss><item><title>One</title><description>a</description></item><item><title>Two</title></item></"
        "rss>");
  configure(
      "http_tools: {news: {description: d, url: HOST/rss, allow_private: true, format: feed, limit: 1, "
      "speak: true,\n"
      "  answer: \"{{/title}}. {{/description}}\"}}\n");
  std::optional<OutsideAnswer> answer;
  const auto run = tools_->run("news", {}, [&](OutsideAnswer given) { answer = std::move(given); });
  ASSERT_TRUE(caller_.wait_until([&] { return answer.has_value(); }));
  EXPECT_EQ(*answer->text, "One. a");
  EXPECT_TRUE(answer->speak);
}

}  // namespace
}  // namespace earshot::worker
