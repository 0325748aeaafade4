#include "worker/mcp_servers/stdio_link.h"

#include <utility>

#include "common/json/json.h"
#include "common/log/log.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxLoggedLineBytes = 500;
constexpr std::uint32_t kLoggedLines = 20;  // in each interval
constexpr Milliseconds kLogInterval{10'000};

spdlog::logger& stdio_logger() {
  static spdlog::logger& instance = log::logger("mcp");
  return instance;
}

std::string printable(std::string_view line) {
  std::string text = json::clean_text(line, kMaxLoggedLineBytes);
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = ' ';
  }
  return text;
}

}  // namespace

StdioLink::StdioLink(asio::io_context& io, std::string server, ServerProcess::Command command,
                     std::size_t max_line_bytes, ServerLinkHandlers handlers)
    : io_(io),
      server_(std::move(server)),
      command_(std::move(command)),
      handlers_(std::move(handlers)),
      lines_(max_line_bytes),
      errors_(kMaxLoggedLineBytes),
      error_lines_(kLoggedLines, kLogInterval),
      alive_(std::make_shared<StdioLink*>(this)) {}

StdioLink::~StdioLink() {
  *alive_ = nullptr;
}

void StdioLink::post(std::function<void(StdioLink&)> what) {
  asio::post(io_, [alive = alive_, what = std::move(what)] {
    if (*alive != nullptr) what(**alive);
  });
}

void StdioLink::open() {
  ServerProcess::Handlers handlers;
  handlers.on_output = [this](std::string_view piece) {
    lines_.feed(
        piece,
        {.on_line = [this](std::string_view line) { handlers_.on_message(line); },
         .on_too_long =
             [this](std::optional<std::int64_t> request) {
               if (request)
                 handlers_.on_failed(*request, {ErrorCode::kTooLarge, "the tool's answer is too large"});
             }});
  };
  handlers.on_error_output = [this](std::string_view piece) { log_error_output(piece); };
  handlers.on_ended = [this](const std::string& how) { down(how); };
  auto process = ServerProcess::start(io_, command_, std::move(handlers));
  if (!process) return post([why = process.error().message](StdioLink& self) { self.down(why); });
  process_ = std::move(*process);
  post([](StdioLink& self) { self.handlers_.on_up(); });
}

void StdioLink::send(ServerMessage message) {
  if (!process_) return;
  if (process_->write(std::move(message.text.append("\n")))) return;
  post([](StdioLink& self) { self.down("it does not read what it is told"); });
}

void StdioLink::down(const std::string& why) {
  const auto tell = std::exchange(handlers_.on_down, nullptr);
  if (tell) tell(why);
}

void StdioLink::log_error_output(std::string_view piece) {
  errors_.feed(piece, {.on_line =
                           [this](std::string_view line) {
                             if (error_lines_.ask(std::chrono::steady_clock::now()).log)
                               stdio_logger().debug("server={} says: {}", server_, printable(line));
                           },
                       .on_too_long = [](std::optional<std::int64_t>) {}});
}

}  // namespace earshot::worker
