// A real Chromium without a display, driven as a user drives it: through the W3C WebDriver protocol and
// chromedriver. Every wait is for a condition and has a deadline.
//
// Runs on: the test's thread; blocks.
// Owns: chromedriver, its browser and a profile of its own.
// Errors: std::runtime_error that says what was waited for and what the page shows instead.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/json/json.h"
#include "tests/e2e/child_process.h"

namespace earshot::e2e {

class WebDriver {
 public:
  static constexpr Milliseconds kPatience{15'000};

  // A fresh browser, in English; 1280 by 900. `flags`: more of its command line.
  explicit WebDriver(const std::vector<std::string>& flags = {});
  ~WebDriver();  // both processes have ended
  WebDriver(const WebDriver&) = delete;
  WebDriver& operator=(const WebDriver&) = delete;

  void open(const std::string& url);
  void resize(int width, int height);

  // A locator is a CSS selector, or an XPath when it begins with "//". The first element that it finds and
  // that is shown; waited for.
  void click(const std::string& locator);
  void clear_and_type(const std::string& locator, const std::string& text);
  void press(const std::string& locator, const std::string& key);  // "Enter", "Escape", "ArrowRight"
  std::string text(const std::string& locator);

  // Until the page's text, or a script's value, is so.
  void wait_for_text(const std::string& text);
  void wait_until(const std::string& script, const std::string& what);
  json::value run(const std::string& script);
  // The same, with its last argument called with the value when it is there; waited for.
  json::value run_async(const std::string& script);

  // What the page has written to its console, and what the browser complained of, since the last call.
  std::vector<std::string> complaints();

 private:
  json::value call(const std::string& method, const std::string& path, const json::value& body);
  json::value in_session(const std::string& method, const std::string& path, const json::value& body);
  std::string find(const std::string& locator);  // RETURNS: the element's path within the session
  std::string page();
  bool holds(const std::string& script);

  std::string folder_;
  std::string address_;
  std::unique_ptr<ChildProcess> driver_;
  std::string session_;
};

}  // namespace earshot::e2e
