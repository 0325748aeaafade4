// The HTTP API as strangers meet it: a real server on loopback, a real SQLite file, and everything that the
// document of the API allows to be sent, filled with what must not be sent. Nothing may be answered with 5xx,
// every refusal is a JSON error, and nothing is lost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "common/http/http_client.h"
#include "common/http/http_server.h"
#include "common/http/url_coding.h"
#include "gateway/api/api.h"
#include "gateway/api/openapi.h"
#include "gateway/store/open_store.h"
#include "tests/unit/common/http/http_fixture.h"

namespace earshot::gateway::api {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr Milliseconds kPatience{10'000};

// A gateway's API with its store, on a thread of its own.
class Served {
 public:
  Served(const std::filesystem::path& folder, const Clock& clock)
      : store_(store::open_store(folder / "earshot.db")),
        hub_(clock),
        devices_(io_.get_executor(), *store_, hub_, clock),
        api_({.executor = io_.get_executor(),
              .clock = clock,
              .store = *store_,
              .secrets = secrets_,
              .devices = devices_,
              .hub = hub_,
              .shards = shards_},
             {.secrets_folder = folder / "secrets",
              .console_url = "http://127.0.0.1",
              .sessions = {},
              .version = "1",
              .admission = "bind"},
             router_) {
    devices_.load(store_->read_at_start([](store::Store& store) { return store.devices().all(); }));
    api_.load(store_->read_at_start(&Api::read));
    server_.emplace(io_, "127.0.0.1", std::uint16_t{0}, "http.port", router_,
                    http::ServerLimits{.request_deadline = Milliseconds(400)});
    thread_ = std::thread([this] { io_.run(); });
  }
  ~Served() {
    asio::post(io_, [this] { server_->stop(); });
    work_.reset();
    thread_.join();
    store_->stop();
  }

  std::uint16_t port() const { return server_->port(); }
  template <class Job>
  auto on_executor(Job job) {
    std::promise<decltype(job(*this))> done;
    asio::post(io_, [&] { done.set_value(job(*this)); });
    return done.get_future().get();
  }
  Api& api() { return api_; }
  DeviceDirectory& devices() { return devices_; }
  store::StoreProxy& store() { return *store_; }

 private:
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_ = asio::make_work_guard(io_);
  std::unique_ptr<store::StoreProxy> store_;
  store::SecretBox secrets_{Secret("0123456789abcdef0123456789abcdef")};
  EventHub hub_;
  const Shards shards_;  // none: 503 of what asks them
  DeviceDirectory devices_;
  http::Router router_;
  Api api_;
  std::optional<http::Server> server_;
  std::thread thread_;
};

class ApiIntegrationTest : public testing::Test {
 protected:
  ApiIntegrationTest() {
    std::filesystem::create_directories(folder_);
    served_.emplace(folder_, clock_);
    token_ = local_token();
    const auto made =
        send("POST", "/api/v1/users", R"({"name":"ann","role":"admin","password":"correct horse"})");
    EXPECT_EQ(made.status, 201) << made.body;
    served_->on_executor([](Served& served) {
      store::Device device;
      device.id = *DeviceId::parse("02:00:00:00:00:01");
      device.name = "Küche";
      return served.devices().put(device);
    });
  }
  ~ApiIntegrationTest() override {
    served_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::string local_token() const {
    std::ifstream file(folder_ / "secrets" / "admin.token");
    std::string token;
    std::getline(file, token);
    return token;
  }
  http::Response send(const std::string& method, const std::string& target, const std::string& body = {},
                      http::Headers headers = {}) {
    if (headers.find("Authorization").empty() && headers.find("Cookie").empty())
      headers.add("Authorization", "Bearer " + token_);
    if (!body.empty() && headers.find("Content-Type").empty())
      headers.add("Content-Type", "application/json");
    const auto answer = http::request(method, "http://127.0.0.1:" + std::to_string(served_->port()) + target,
                                      headers, body, kPatience);
    EXPECT_TRUE(answer.ok()) << method << " " << target;
    return answer.ok() ? *answer : http::Response{.status = 599, .body = {}, .headers = {}};
  }
  std::string raw(const std::string& bytes) {
    http::RawClient client(served_->port());
    client.send(bytes);
    return client.read_all();
  }
  static std::string code_of(const http::Response& response) {
    const auto body = json::parse_object(response.body, 1 << 20);
    if (!body) return "no JSON: " + response.body;
    const json::object* error = json::find_object(*body, "error");
    return error == nullptr ? "no error" : std::string(json::find_string(*error, "code").value_or("no code"));
  }
  // A refusal or a success, never a fault.
  void expect_handled(const http::Response& answer, const std::string& what) {
    // 503 is told of what these tests do not have: shards.
    EXPECT_TRUE(answer.status < 500 || answer.status == 503) << what << ": " << answer.status << answer.body;
    if (answer.status >= 400) {
      EXPECT_FALSE(code_of(answer).starts_with("no ")) << what << ": " << answer.body;
    }
  }

  SystemClock clock_;
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("earshot_api_integration_" + std::to_string(::getpid()));
  std::optional<Served> served_;
  std::string token_;
};

const std::vector<std::string> kHostileTexts{
    "'; DROP TABLE users; --",   "\" OR \"\"=\"",
    "../../../../etc/passwd",    "%s%n%x",
    "<script>alert(1)</script>", "客厅 \xF0\x9F\x8E\xA7 \xE2\x80\xAE",
    std::string(5000, 'x'),      ""};

std::vector<json::value> hostile_values() {
  std::vector<json::value> values{nullptr,
                                  true,
                                  -1,
                                  std::uint64_t{18446744073709551615U},
                                  1e308,
                                  0.5,
                                  json::array{},
                                  json::object{},
                                  json::array{json::array{json::object{{"a", nullptr}}}},
                                  "a\nb",
                                  json::value(std::string("nul\0inside", 10))};
  for (const auto& text : kHostileTexts) values.emplace_back(text);
  return values;
}

// As it stands there, or by its name: "#/components/schemas/<name>".
const json::object& schema_of(const json::object& document, const json::object& content) {
  const json::object& schema = content.at("schema").as_object();
  const auto named = json::find_string(schema, "$ref");
  if (!named) return schema;
  const std::string_view name = named->substr(named->rfind('/') + 1);
  return document.at("components").at("schemas").at(name).as_object();
}

TEST_F(ApiIntegrationTest, EveryMemberOfEveryBodyMayHoldAnything) {
  const auto document = *json::parse_object(openapi_document(), 4 << 20);
  for (const auto& path : document.at("paths").as_object()) {
    for (const auto& operation : path.value().as_object()) {
      const json::object* request = json::find_object(operation.value().as_object(), "requestBody");
      if (request == nullptr || !request->at("content").as_object().contains("application/json")) continue;
      const json::object& content = request->at("content").at("application/json").as_object();
      std::string method(operation.key());
      for (char& c : method) c = static_cast<char>(c - 'a' + 'A');
      std::string target(path.key());
      for (const auto& name : {"{name}", "{id}", "{stage}"}) {
        if (const auto at = target.find(name); at != std::string::npos)
          target.replace(at, std::string(name).size(), std::string(name) == "{stage}" ? "llm" : "nobody");
      }
      for (const auto& member : schema_of(document, content).at("properties").as_object()) {
        for (const json::value& hostile : hostile_values()) {
          json::object body = content.at("example").as_object();
          body[member.key()] = hostile;
          const std::string text = json::serialize(body);
          expect_handled(send(method, target, text), method + " " + target + " " + text.substr(0, 200));
        }
      }
    }
  }
  EXPECT_EQ(send("GET", "/api/v1/devices/02:00:00:00:00:01").status, 200);
  EXPECT_EQ(send("GET", "/api/v1/users").status, 200);
}

TEST_F(ApiIntegrationTest, EveryNameInAPathAndEveryQueryMayHoldAnything) {
  const auto document = *json::parse_object(openapi_document(), 4 << 20);
  for (const auto& path : document.at("paths").as_object()) {
    const std::string target(path.key());
    if (target == "/api/v1/events") continue;  // its answer does not end
    for (const auto& operation : path.value().as_object()) {
      const json::array* parameters = json::find_array(operation.value().as_object(), "parameters");
      if (parameters == nullptr || operation.key() != "get") continue;
      for (const auto& text : kHostileTexts) {
        std::string filled = target;
        std::string query;
        for (const json::value& parameter : *parameters) {
          const std::string name(parameter.at("name").as_string());
          if (const auto at = filled.find("{" + name + "}"); at != std::string::npos) {
            filled.replace(at, name.size() + 2, http::percent_encode(text));
          } else {
            query += (query.empty() ? "?" : "&") + name + "=" + http::percent_encode(text);
          }
        }
        expect_handled(send("GET", filled + query), filled + query);
      }
    }
  }
}

TEST_F(ApiIntegrationTest, BodiesThatAreNoJsonOrNoObjectAre400) {
  const std::string deep(100, '[');
  for (const std::string& body :
       {std::string("{"), std::string("nonsense"), std::string("[]"), std::string("7"), std::string("\"x\""),
        std::string("{\"name\":\"x\"} trailing"), std::string("{\"name\":\"\xFF\"}"),
        "{\"name\":" + deep + "}", std::string("\0", 1), std::string("{\"name\":\"x\",}")}) {
    const auto answer = send("PATCH", "/api/v1/devices/02:00:00:00:00:01", body);
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_EQ(code_of(answer), "invalid");
  }
  http::Headers form;
  form.add("Content-Type", "application/x-www-form-urlencoded");
  EXPECT_EQ(send("POST", "/api/v1/login", "user=ann", form).status, 415);
  http::Headers multipart;
  multipart.add("Content-Type", "multipart/form-data; boundary=x");
  EXPECT_EQ(send("POST", "/api/v1/login", "--x\r\n", multipart).status, 415);
}

TEST_F(ApiIntegrationTest, LargeAndSlowRequestsAreToldSo) {
  EXPECT_EQ(send("POST", "/api/v1/login", std::string(64 * 1024 + 1, ' ')).status, 413);
  EXPECT_THAT(raw("POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                  "Content-Length: 100\r\n\r\n{"),
              StartsWith("HTTP/1.1 408"));
  EXPECT_THAT(raw("GET /api/v1/me HTTP/1.1\r\nHo"), StartsWith("HTTP/1.1 408"));
  EXPECT_THAT(raw("GET /api/v1/me HTTP/1.1\r\nX: " + std::string(9000, 'x') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 431"));
  EXPECT_THAT(raw("GET /" + std::string(9000, 'x') + " HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 431"));
}

TEST_F(ApiIntegrationTest, PathsThatClimbAreRefused) {
  for (const char* path :
       {"/api/v1/../../etc/passwd", "/api/v1/%2e%2e/me", "/api/v1/devices/..%2f..%2fetc%2fpasswd",
        "/api/v1/devices/%00", "/api/v1/devices/%", "/api/v1/devices/%ff", "//api/v1/me"}) {
    const std::string answer =
        raw("GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" +
            "Authorization: Bearer " + token_ + "\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400") || answer.starts_with("HTTP/1.1 404")) << path << answer;
    EXPECT_THAT(answer, HasSubstr(R"({"error":{"code":)")) << path;
  }
}

TEST_F(ApiIntegrationTest, CredentialsThatAreNoneAre401AndRightsThatAreMissing403) {
  for (const char* header :
       {"Bearer", "Bearer x", "Basic YTpi", "Bearer ear_local_", "Bearer ear_a_b", "\xFF"}) {
    http::Headers headers;
    headers.add("Authorization", header);
    EXPECT_EQ(send("GET", "/api/v1/me", {}, headers).status, 401) << header;
  }
  const auto made = send("POST", "/api/v1/tokens", R"({"label":"narrow","scopes":["devices:read"]})");
  const auto narrow = *json::parse_object(made.body, 10'000);
  http::Headers headers;
  headers.add("Authorization", "Bearer " + std::string(narrow.at("token").as_string()));
  EXPECT_EQ(send("GET", "/api/v1/devices", {}, headers).status, 200);
  EXPECT_EQ(send("DELETE", "/api/v1/devices/02:00:00:00:00:01", {}, headers).status, 403);
  const std::string id(narrow.at("id").as_string());
  served_->on_executor([id](Served& served) {
    store::Token token = *served.api().auth().accounts.token(id);
    token.expires = store::WallTime{};
    served.api().auth().accounts.put(token, [](const Status&) {});
    return 0;
  });
  EXPECT_EQ(send("GET", "/api/v1/devices", {}, headers).status, 401);
}

TEST_F(ApiIntegrationTest, ACookieWorksOverTheWireAndAForgedWriteDoesNot) {
  const auto login = send("POST", "/api/v1/login", R"({"user":"ann","password":"correct horse"})");
  ASSERT_EQ(login.status, 200) << login.body;
  const std::string set_cookie(login.headers.find("Set-Cookie"));
  const auto me = *json::parse_object(login.body, 10'000);
  http::Headers cookie;
  cookie.add("Cookie", set_cookie.substr(0, set_cookie.find(';')));
  EXPECT_EQ(send("GET", "/api/v1/me", {}, cookie).status, 200);
  const std::string target = "/api/v1/devices/02:00:00:00:00:01";
  EXPECT_EQ(send("PATCH", target, R"({"name":"forged"})", cookie).status, 403);
  cookie.add("X-Earshot-CSRF", std::string(me.at("csrf").as_string()));
  EXPECT_EQ(send("PATCH", target, R"({"name":"Wohnzimmer"})", cookie).status, 200);
}

TEST_F(ApiIntegrationTest, WhatWasAnsweredIsThereAfterARestart) {
  EXPECT_EQ(
      send("PUT", "/api/v1/agents/teacher", R"({"config":{"prompt":"'; DROP TABLE agents; --"}})").status,
      200);
  EXPECT_EQ(send("PATCH", "/api/v1/devices/02:00:00:00:00:01", R"({"name":"Wohnzimmer"})").status, 200);
  served_.reset();
  served_.emplace(folder_, clock_);
  EXPECT_EQ(token_, local_token());
  EXPECT_THAT(send("GET", "/api/v1/agents/teacher").body, HasSubstr("DROP TABLE agents"));
  EXPECT_THAT(send("GET", "/api/v1/devices/02:00:00:00:00:01").body, HasSubstr("Wohnzimmer"));
  EXPECT_THAT(send("GET", "/api/v1/audit").body, HasSubstr("agent.change"));
  EXPECT_EQ(send("POST", "/api/v1/login", R"({"user":"ann","password":"correct horse"})").status, 200);
}

TEST_F(ApiIntegrationTest, EventsArriveOverTheWireWhileOthersAreServed) {
  http::RawClient client(served_->port());
  client.send("GET /api/v1/events?kinds=device HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token_ +
              "\r\n\r\n");
  EXPECT_THAT(client.read_until("\r\n\r\n"), HasSubstr("text/event-stream"));
  EXPECT_EQ(client.read_until("\n\n"), ":earshot\n\n");
  EXPECT_EQ(send("PATCH", "/api/v1/devices/02:00:00:00:00:01", R"({"name":"Flur"})").status, 200);
  const auto event = client.read_until("\n\n");
  EXPECT_THAT(event, HasSubstr("event: device\n"));
  EXPECT_THAT(event, HasSubstr("02:00:00:00:00:01"));
}

}  // namespace
}  // namespace earshot::gateway::api
