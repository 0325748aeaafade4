// The console in a real browser before a real gateway, broker, worker and
// simulated device.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <regex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/e2e/console_fixture.h"
#include "tests/e2e/sim_run.h"

namespace earshot::e2e {
namespace {

constexpr const char* kConsoleMac = "02:00:5e:10:00:01";
constexpr const char* kUuid = "8f14e45f-ceea-467f-9575-2f5b3a2b1c01";
// What a hostile device, tool or visitor would send. Were it ever markup, the
// page's title would change.
constexpr const char* kMarkup = "<img src=x onerror=\"document.title='owned'\">";

// A simulated device that is restarted as a person would restart it, with the
// same identity.
class SimulatedDevice {
 public:
  explicit SimulatedDevice(const System& system) : system_(system) { start(); }
  ~SimulatedDevice() { run_->process().signal(SIGTERM); }

  // The six digits that it shows; it is not admitted yet.
  std::string code() {
    static const std::regex digits(R"(\b(\d{6})\b)");
    const auto deadline = std::chrono::steady_clock::now() + WebDriver::kPatience;
    while (std::chrono::steady_clock::now() < deadline) {
      const std::string told = run_->process().output() + run_->process().errors();
      std::smatch found;
      if (std::regex_search(told, found, digits)) return found[1];
      std::this_thread::sleep_for(std::chrono::milliseconds(50));  // polls another process
    }
    throw std::runtime_error("the device shows no code:\n" + run_->process().output() +
                             run_->process().errors());
  }
  void restart_if_it_gave_up() {
    if (run_->process().wait(std::chrono::milliseconds(0))) start();
  }

 private:
  void start() {
    run_.emplace(system_, std::vector<std::string>{"--mac", kConsoleMac, "--client-id", kUuid, "--text",
                                                   "what time is it", "--turns", "40", "--timeout", "170"});
  }

  const System& system_;
  std::optional<SimRun> run_;
};

TEST_F(ConsoleTest, TheFirstAdminIsMadeByTheLinkAndLogsInAgain) {
  make_first_admin();
  EXPECT_EQ(browser_.run("return location.hash.includes('setup')"), json::value(false))
      << "the one-time token stays in the address";
  browser_.click(button("Log out"));
  browser_.wait_for_text("Log in");
  expect_no_complaints();
  log_in("a wrong password");
  browser_.wait_until("return document.querySelector('[role=alert]').textContent !== ''", "the refusal");
  browser_.complaints();  // Chromium notes the 401 of the wrong password
  log_in(kConsolePassword);
  browser_.wait_for_text("No devices yet");
  expect_no_complaints();
}

TEST_F(ConsoleTest, CallsToolsOfADeviceAndShowsTheirAnswers) {
  make_first_admin();
  SimulatedDevice device(system_);
  // The list is live: nobody has reloaded it.
  browser_.click("//a[normalize-space()='" + std::string(kConsoleMac) + "']");
  browser_.wait_until(
      "return "
      "document.querySelector('.page-head').innerText.includes('Online')",
      "the device to be online");
  browser_.click("//button[@role='tab'][normalize-space()='Tools']");
  browser_.wait_until(
      "if (document.querySelector('[data-tool]')) return true;"
      "const ask = [...document.querySelectorAll('button')].find((b) => "
      "b.textContent === 'Ask the device "
      "again');"
      "if (ask && ask.getAttribute('aria-busy') !== 'true') ask.click();"
      "return false",
      "the device's tools");
  browser_.complaints();  // Chromium notes the 404 of a device that nobody has
                          // asked for its tools before
  browser_.click("[data-tool='self.audio_speaker.set_volume'] summary");
  browser_.clear_and_type("[data-tool='self.audio_speaker.set_volume'] input[type=number]", "35");
  browser_.click("[data-tool='self.audio_speaker.set_volume'] button[type=submit]");
  browser_.wait_until(
      "return document.querySelector('[data-tool$=set_volume] "
      ".answer')?.innerText.includes('true')",
      "the tool's answer");
  browser_.click("[data-tool='self.get_device_status'] summary");
  browser_.click("[data-tool='self.get_device_status'] button[type=submit]");
  browser_.wait_until(
      "return /\"volume\": "
      "35\\b/.test(document.querySelector('[data-tool$=get_device_status] "
      ".answer')?.innerText)",
      "the new volume in the device's state");

  browser_.click("//button[@role='tab'][normalize-space()='Commands']");
  browser_.wait_until(
      "return document.querySelectorAll('[role=tabpanel] tbody "
      "tr').length >= 2",
      "both receipts");
  expect_no_complaints();
}

class ConsoleBindTest : public ConsoleTest {
 protected:
  ConsoleBindTest() : ConsoleTest({.workers = 1, .gateway_settings = {"admission.mode=bind"}}) {}
};

TEST_F(ConsoleBindTest, BindsADeviceByTheCodeThatItShows) {
  make_first_admin();
  SimulatedDevice device(system_);
  const std::string code = device.code();
  browser_.wait_for_text("Waits to be bound");  // the list is live: nobody has reloaded it
  expect_no_complaints();
  browser_.click(button("Bind a device"));
  browser_.clear_and_type("input[name=code]", code == "000000" ? "000001" : "000000");
  browser_.press("input[name=code]", "Enter");
  browser_.wait_until("return document.querySelector('dialog [role=alert]').textContent !== ''",
                      "the refusal of a wrong code");
  browser_.complaints();  // Chromium notes the 404 of the wrong code
  browser_.clear_and_type("input[name=code]", code);
  browser_.clear_and_type("dialog input[name=name]", "Kitchen");
  browser_.press("input[name=code]", "Enter");
  browser_.wait_until("return document.querySelector('h1').textContent === 'Kitchen'", "the device's page");
  device.restart_if_it_gave_up();
  browser_.wait_until(
      "return "
      "document.querySelector('.page-head').innerText.includes('Online')",
      "the device to be online");
  expect_no_complaints();
}

TEST_F(ConsoleTest, SpeaksTheLanguageThatWasChosenAndRemembersIt) {
  make_first_admin();
  browser_.click("[data-language=zh]");
  browser_.wait_for_text("还没有设备");
  browser_.open("about:blank");
  browser_.open(url());
  browser_.wait_for_text("还没有设备");
  EXPECT_EQ(browser_.run("return document.documentElement.lang"), json::value("zh-CN"));
  browser_.click("[data-language=en]");
  browser_.wait_for_text("No devices yet");
  expect_no_complaints();
}

TEST_F(ConsoleTest, ShowsMarkupInNamesAsText) {
  make_first_admin();
  SimulatedDevice device(system_);
  browser_.click("//a[normalize-space()='" + std::string(kConsoleMac) + "']");
  browser_.clear_and_type("[role=tabpanel] input[name=name]", kMarkup);
  browser_.press("[role=tabpanel] input[name=name]", "Enter");
  browser_.wait_until("return document.querySelector('h1').textContent.startsWith('<img')", "the new name");
  browser_.click("//a[normalize-space()='Devices'][@aria-current]");
  browser_.wait_until(
      "return document.querySelector('.device-name "
      "a')?.textContent.startsWith('<img')",
      "the name in the list");
  EXPECT_EQ(browser_.run("return document.querySelectorAll('img[src=x]').length"), json::value(0));
  EXPECT_EQ(browser_.run("return document.title"), json::value("Devices · Earshot"));
  const auto forbidden = browser_.run(
      "try { document.createElement('p').innerHTML = '<b>x</b>'; "
      "return 'allowed'; } catch (e) { return "
      "e.name; }");
  EXPECT_EQ(forbidden, json::value("TypeError")) << "the content policy lets text become markup";
}

TEST_F(ConsoleTest, EveryPageOpensOnAPhoneWithoutComplaint) {
  make_first_admin();
  browser_.resize(360, 740);
  for (const char* page :
       {"devices", "sessions", "firmware", "agents", "new-agent", "providers", "latency", "workers", "access",
        "access/tokens", "access/operators", "audit", "system", "account", "talk"}) {
    browser_.run("location.hash = '#/" + std::string(page) + "'");
    browser_.wait_until("return location.hash.startsWith('#/" + std::string(page) +
                            "') && document.querySelector('h1') !== null"
                            " && document.querySelector('main [aria-busy=true]') === null",
                        std::string("the page ") + page);
    EXPECT_EQ(browser_.run("return document.querySelectorAll('main p[role=alert]').length"), json::value(0))
        << page << ": " << browser_.text("main");
    EXPECT_EQ(browser_.run("return document.documentElement.scrollWidth <= innerWidth"), json::value(true))
        << page << " is wider than the screen";
  }
  expect_no_complaints();
}

TEST_F(ConsoleTest, IsUsedWithTheKeyboardAlone) {
  make_first_admin();
  browser_.press("button.primary", "Enter");  // "Bind a device"
  browser_.wait_until("return document.activeElement?.name === 'code'", "the focus in the code's field");
  browser_.press("input[name=code]", "Escape");
  browser_.wait_until("return document.querySelector('dialog') === null", "the dialog to close");
  EXPECT_EQ(browser_.run("return document.activeElement.textContent"), json::value("Bind a device"))
      << "the focus does not return to where it was";
  browser_.run("location.hash = '#/access'");
  browser_.press("//button[@role='tab'][@aria-selected='true']", "ArrowRight");
  browser_.wait_until(
      "return document.activeElement.textContent === 'Tokens' &&"
      " document.activeElement.getAttribute('aria-selected') === 'true'",
      "the next tab");
  expect_no_complaints();
}

}  // namespace
}  // namespace earshot::e2e
