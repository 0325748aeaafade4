#include "tests/e2e/web_driver.h"

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <map>
#include <stdexcept>
#include <thread>
#include <utility>

#include "common/http/http_client.h"
#include "tests/e2e/system.h"

namespace earshot::e2e {

namespace {

constexpr const char* kDriver = "/usr/bin/chromedriver";
constexpr const char* kBrowser = "/usr/bin/chromium";
constexpr const char* kElement = "element-6066-11e4-a52e-4f735466cecf";  // W3C WebDriver, 12.1
constexpr Milliseconds kStart{30'000};                                   // a cold browser on a loaded machine
constexpr Milliseconds kStep{50};
constexpr std::chrono::seconds kStop{5};

const std::map<std::string, std::string>& keys() {  // W3C WebDriver, 17.4.2
  static const std::map<std::string, std::string> all{
      {"Enter", "\uE007"}, {"Escape", "\uE00C"}, {"ArrowRight", "\uE014"}, {"Tab", "\uE004"}};
  return all;
}

// Polls another process: there is no event to wait for.
template <class Condition>
bool poll_until(Condition condition, Milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(kStep);
  }
  return true;
}

json::object capabilities(const std::string& profile, const std::vector<std::string>& flags) {
  json::array arguments{"--headless=new",
                        "--disable-dev-shm-usage",  // containers have a small /dev/shm
                        "--disable-gpu",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--remote-debugging-pipe",  // the browser ends with its driver, however that ends
                        "--lang=en-US",
                        "--accept-lang=en-US",
                        "--window-size=1280,900",
                        "--user-data-dir=" + profile};
  for (const std::string& flag : flags) arguments.emplace_back(flag);
  if (::geteuid() == 0) arguments.emplace_back("--no-sandbox");  // the sandbox refuses root
  return {{"capabilities",
           json::object{{"alwaysMatch", json::object{{"browserName", "chrome"},
                                                     {"goog:loggingPrefs", json::object{{"browser", "ALL"}}},
                                                     {"goog:chromeOptions",
                                                      json::object{{"binary", kBrowser},
                                                                   {"args", std::move(arguments)}}}}}}}};
}

}  // namespace

WebDriver::WebDriver(const std::vector<std::string>& flags) : folder_(scratch_folder()) {
  for (const char* needed : {kDriver, kBrowser}) {
    if (::access(needed, X_OK) != 0)
      throw std::runtime_error(std::string(needed) + " is missing: install chromium and chromium-driver");
  }
  const auto port = std::to_string(free_ports());
  address_ = "http://127.0.0.1:" + port;
  driver_ = std::make_unique<ChildProcess>(std::vector<std::string>{kDriver, "--port=" + port},
                                           folder_ + "/driver.out", folder_ + "/driver.err",
                                           std::map<std::string, std::string>{{"HOME", folder_}});
  const auto is_ready = [this] {
    const auto answer = http::request("GET", address_ + "/status", {}, "", Milliseconds(2000));
    return answer.ok() && answer->status == 200;
  };
  if (!poll_until(is_ready, kStart))
    throw std::runtime_error("chromedriver does not start: " + driver_->errors());
  const auto made = call("POST", "/session", capabilities(folder_ + "/profile", flags));
  session_ = "/session/" + std::string(made.at("sessionId").as_string());
}

WebDriver::~WebDriver() {
  try {
    if (!session_.empty()) call("DELETE", session_, {});
  } catch (const std::exception&) {
    // The browser is gone already, or goes with its driver below.
  }
  driver_->signal(SIGTERM);
  driver_->wait(kStop);
}

void WebDriver::open(const std::string& url) {
  in_session("POST", "/url", json::object{{"url", url}});
}

void WebDriver::resize(int width, int height) {
  // A window is never narrower than 500 pixels; the screen of a page may be.
  in_session(
      "POST", "/goog/cdp/execute",
      json::object{
          {"cmd", "Emulation.setDeviceMetricsOverride"},
          {"params",
           json::object{{"width", width}, {"height", height}, {"deviceScaleFactor", 1}, {"mobile", false}}}});
}

void WebDriver::click(const std::string& locator) {
  std::string why;
  // What is found may be drawn anew before it is clicked.
  const auto clicked = [&] {
    try {
      in_session("POST", find(locator) + "/click", json::object{});
      return true;
    } catch (const std::exception& failure) {
      why = failure.what();
      return false;
    }
  };
  if (!poll_until(clicked, kPatience)) throw std::runtime_error("cannot click " + locator + ": " + why);
}

void WebDriver::clear_and_type(const std::string& locator, const std::string& text) {
  const auto element = find(locator);
  in_session("POST", element + "/clear", json::object{});
  in_session("POST", element + "/value", json::object{{"text", text}});
}

void WebDriver::press(const std::string& locator, const std::string& key) {
  in_session("POST", find(locator) + "/value", json::object{{"text", keys().at(key)}});
}

std::string WebDriver::text(const std::string& locator) {
  return std::string(in_session("GET", find(locator) + "/text", {}).as_string());
}

void WebDriver::wait_for_text(const std::string& text) {
  wait_until("return document.body.innerText.includes(" + json::serialize(json::value(text)) + ")",
             "the text \"" + text + '"');
}

void WebDriver::wait_until(const std::string& script, const std::string& what) {
  if (poll_until([&] { return holds(script); }, kPatience)) return;
  throw std::runtime_error("waited in vain for " + what + "; the page shows:\n" + page());
}

json::value WebDriver::run(const std::string& script) {
  return in_session("POST", "/execute/sync", json::object{{"script", script}, {"args", json::array{}}});
}

json::value WebDriver::run_async(const std::string& script) {
  return in_session("POST", "/execute/async", json::object{{"script", script}, {"args", json::array{}}});
}

std::vector<std::string> WebDriver::complaints() {
  std::vector<std::string> all;
  const auto entries = in_session("POST", "/se/log", json::object{{"type", "browser"}});
  for (const auto& entry : entries.as_array()) {
    const auto& level = entry.at("level").as_string();
    if (level != "DEBUG")
      all.push_back(std::string(level) + ": " + std::string(entry.at("message").as_string()));
  }
  return all;
}

json::value WebDriver::call(const std::string& method, const std::string& path, const json::value& body) {
  http::Headers headers;
  headers.add("Content-Type", "application/json; charset=utf-8");
  const auto answer =
      http::request(method, address_ + path, headers, body.is_null() ? "" : json::serialize(body), kStart);
  if (!answer.ok()) throw std::runtime_error(method + " " + path + ": " + answer.error().message);
  const auto parsed = json::parse_value(answer->body, 4 << 20);
  if (!parsed.ok() || !parsed->is_object()) throw std::runtime_error(method + " " + path + ": not JSON");
  const json::value& value = parsed->get_object().at("value");
  if (answer->status != 200) {
    throw std::runtime_error(method + " " + path + ": " + json::serialize(value.at("error")) + " " +
                             std::string(value.at("message").as_string()).substr(0, 400));
  }
  return value;
}

json::value WebDriver::in_session(const std::string& method, const std::string& path,
                                  const json::value& body) {
  return call(method, session_ + path, body);
}

std::string WebDriver::find(const std::string& locator) {
  const bool is_xpath = locator.starts_with("//");
  const json::object how{{"using", is_xpath ? "xpath" : "css selector"}, {"value", locator}};
  std::string found;
  const auto shown = [&] {
    const json::value all = in_session("POST", "/elements", how);
    for (const auto& element : all.as_array()) {
      const auto path = "/element/" + std::string(element.at(kElement).as_string());
      try {
        if (in_session("GET", path + "/displayed", {}) != json::value(true)) continue;
      } catch (const std::exception&) {
        continue;  // drawn anew meanwhile
      }
      found = path;
      return true;
    }
    return false;
  };
  if (!poll_until(shown, kPatience))
    throw std::runtime_error("no " + locator + "; the page shows:\n" + page());
  return found;
}

std::string WebDriver::page() {
  const auto shown = run("return location.href + '\\n' + document.body.innerText");
  return shown.is_string() ? std::string(shown.as_string()) : std::string();
}

bool WebDriver::holds(const std::string& script) {
  try {
    const auto value = run(script);
    return value.is_bool() && value.as_bool();
  } catch (const std::exception&) {
    return false;  // the page is being replaced
  }
}

}  // namespace earshot::e2e
