// A browser before the console of a real gateway: what its tests begin with.
//
// Owns: a system of one worker and a browser.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/e2e/system.h"
#include "tests/e2e/web_driver.h"

namespace earshot::e2e {

inline constexpr const char* kConsolePassword = "three quiet words";

inline std::string button(const std::string& label) {
  return "//button[normalize-space()=\"" + label + "\"]";
}

class ConsoleTest : public testing::Test {
 protected:
  explicit ConsoleTest(System::Options options = {.workers = 1}, const std::vector<std::string>& flags = {})
      : system_(std::move(options)), browser_(flags) {}

  virtual std::string url() const { return "http://127.0.0.1:" + std::to_string(system_.http_port()) + "/"; }
  void open_setup_link() {
    std::string link = read_file(system_.data() + "/data/secrets/setup-link");
    link.erase(link.find_last_not_of(" \n") + 1);
    const auto fragment = link.find("#setup=");
    ASSERT_NE(fragment, std::string::npos) << link;
    browser_.open(url() + link.substr(fragment));
  }
  void make_first_admin() {
    open_setup_link();
    browser_.wait_for_text("Welcome to Earshot");
    browser_.clear_and_type("input[name=user]", "ada");
    browser_.clear_and_type("input[type=password]", kConsolePassword);
    browser_.press("input[type=password]", "Enter");
    browser_.wait_for_text("No devices yet");
  }
  void log_in(const std::string& password) {
    browser_.clear_and_type("input[name=user]", "ada");
    browser_.clear_and_type("input[type=password]", password);
    browser_.click("button[type=submit]");
  }
  // Chromium notes each answer of 4xx; that a stranger asks who he is, is no fault.
  void expect_no_complaints() {
    auto complaints = browser_.complaints();
    std::erase_if(complaints, [](const std::string& complaint) {
      return complaint.find(
                 "/api/v1/me - Failed to load resource: the server "
                 "responded with a status of 401") != std::string::npos;
    });
    EXPECT_THAT(complaints, testing::IsEmpty());
  }

  System system_;
  WebDriver browser_;
};

}  // namespace earshot::e2e
