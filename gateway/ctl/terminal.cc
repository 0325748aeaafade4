#include "gateway/ctl/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace earshot::ctl {

namespace {

constexpr std::chrono::seconds kQuietFor{2};
constexpr std::chrono::seconds kToldEvery{10};

bool may_colour() {
  const char* none = std::getenv("NO_COLOR");
  const char* kind = std::getenv("TERM");
  return (none == nullptr || *none == '\0') && (kind == nullptr || std::string_view(kind) != "dumb");
}

std::size_t terminal_width() {
  if (::isatty(STDOUT_FILENO) == 0) return 0;
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col != 0) return size.ws_col;
  return 80;
}

}  // namespace

Terminal::Terminal(bool json, bool no_colour)
    : json_(json),
      colours_(!json && !no_colour && ::isatty(STDOUT_FILENO) != 0 && may_colour()),
      errors_are_a_terminal_(::isatty(STDERR_FILENO) != 0),
      width_(terminal_width()) {}

void Terminal::print(std::string_view text) const {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

void Terminal::line(std::string_view text) const {
  print(printable(text) + "\n");
}

void Terminal::error(std::string_view text) const {
  std::fprintf(stderr, "earshotctl: %s\n", std::string(text).c_str());
}

Progress::~Progress() {
  if (shown_ && terminal_.progress_is_a_terminal()) std::fputs("\r\x1b[K", stderr);
}

void Progress::show(const std::string& text) {
  const auto now = std::chrono::steady_clock::now();
  if (now - since_ < kQuietFor) return;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - since_).count();
  if (terminal_.progress_is_a_terminal()) {
    shown_ = true;
    std::fprintf(stderr, "\r\x1b[K%s (%lld s)", printable(text).c_str(), static_cast<long long>(seconds));
    std::fflush(stderr);
  } else if (!shown_ || now - told_ >= kToldEvery) {
    shown_ = true;
    told_ = now;
    std::fprintf(stderr, "%s (%lld s)\n", printable(text).c_str(), static_cast<long long>(seconds));
  }
}

}  // namespace earshot::ctl
