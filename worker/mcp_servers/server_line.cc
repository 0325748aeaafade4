#include "worker/mcp_servers/server_line.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "common/log/log.h"
#include "worker/mcp/tool_pattern.h"
#include "worker/mcp_servers/http_link.h"
#include "worker/mcp_servers/sse_link.h"
#include "worker/mcp_servers/stdio_link.h"

namespace earshot::worker {

namespace {

spdlog::logger& line_logger() {
  static spdlog::logger& instance = log::logger("mcp");
  return instance;
}

ServerLimits limits_of(const McpServerSettings& settings) {
  ServerLimits limits;
  limits.open_calls = settings.calls;
  return limits;
}

ServerProcess::Command command_of(const ProgramTerms& terms) {
  ServerProcess::Command command;
  command.program = terms.command;
  command.arguments = terms.arguments;
  command.folder = terms.folder;
  for (const std::string& name : terms.pass_environment) {
    if (const char* value = std::getenv(name.c_str())) command.environment.emplace_back(name, value);
  }
  for (const auto& variable : terms.environment) command.environment.push_back(variable);
  for (const auto& [name, value] : terms.secrets) command.environment.emplace_back(name, value.reveal());
  return command;
}

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

}  // namespace

Milliseconds RestartPause::after(Milliseconds worked) {
  if (worked >= kLongest) next_ = kFirst;
  return std::exchange(next_, std::min(next_ * 2, kLongest));
}

ServerLine::ServerLine(asio::io_context& io, HttpClient& http, const Clock& clock, McpServerSettings settings,
                       std::function<void()> on_tools_changed)
    : io_(io),
      http_(http),
      clock_(clock),
      settings_(std::move(settings)),
      on_tools_changed_(std::move(on_tools_changed)),
      client_(limits_of(settings_)),
      deadline_(io),
      again_(io),
      alive_(std::make_shared<ServerLine*>(this)) {}

ServerLine::~ServerLine() {
  *alive_ = nullptr;
}

void ServerLine::start() {
  open();
}

void ServerLine::open() {
  opened_at_ = clock_.now();
  told_version_ = false;
  ++connection_;
  link_ = make_link();
  link_->open();
}

std::unique_ptr<ServerLink> ServerLine::make_link() {
  const std::size_t most = ServerLimits{}.message_bytes;
  return std::visit(Overloaded{[&](const ProgramTerms& terms) -> std::unique_ptr<ServerLink> {
                                 return std::make_unique<StdioLink>(io_, settings_.name, command_of(terms),
                                                                    most, handlers());
                               },
                               [&](const StreamableTerms& terms) -> std::unique_ptr<ServerLink> {
                                 return std::make_unique<HttpLink>(io_, http_, terms, most, handlers());
                               },
                               [&](const SseTerms& terms) -> std::unique_ptr<ServerLink> {
                                 return std::make_unique<SseLink>(http_, terms, most, handlers());
                               }},
                    settings_.terms);
}

// A link that was let go lives until its own callback has returned, and may still speak.
ServerLinkHandlers ServerLine::handlers() {
  const auto current = [this, alive = alive_, connection = connection_] {
    return *alive != nullptr && connection == connection_ && link_ != nullptr;
  };
  ServerLinkHandlers made;
  made.on_up = [this, current] {
    if (!current()) return;
    client_.start(clock_.now());
    pump();
  };
  made.on_message = [this, current](std::string_view text) {
    if (!current()) return;
    client_.on_message(text, clock_.now());
    pump();
  };
  made.on_failed = [this, current](std::int64_t request, const Error& why) {
    if (!current()) return;
    client_.failed(request, why, clock_.now());
    pump();
  };
  made.on_session_gone = [this, current](std::int64_t request) {
    if (!current()) return;
    told_version_ = false;
    client_.session_gone(request, clock_.now());
    pump();
  };
  made.on_down = [this, current](const std::string& why) {
    if (current()) down(why);
  };
  made.is_awaited = [this, current](std::int64_t request) { return current() && client_.waits_for(request); };
  return made;
}

void ServerLine::down(const std::string& why) {
  asio::post(io_, [link = std::shared_ptr<ServerLink>(std::move(link_))] {});
  const Milliseconds worked = std::chrono::duration_cast<Milliseconds>(clock_.now() - opened_at_);
  const Milliseconds pause = pause_.after(client_.ready() ? worked : Milliseconds(0));
  line_logger().warn("server away server={} why=\"{}\" again_in_ms={}", settings_.name, why, pause.count());
  client_.lost(why);
  again_.expires_after(pause);
  again_.async_wait([alive = alive_](error_code failure) {
    if (failure || *alive == nullptr) return;
    ++(*alive)->restarts_;
    (*alive)->open();
  });
  pump();
}

ServerTicket ServerLine::call(const std::string& tool, json::object arguments, Done done) {
  const ServerTicket ticket = client_.call(tool, std::move(arguments), settings_.timeout, clock_.now());
  waiting_.emplace(ticket, std::move(done));
  pump_later();
  return ticket;
}

void ServerLine::cancel(ServerTicket ticket) {
  if (waiting_.erase(ticket) == 0) return;
  client_.cancel(ticket, clock_.now());
  pump_later();
}

void ServerLine::pump_later() {
  asio::post(io_, [alive = alive_] {
    if (*alive != nullptr) (*alive)->pump();
  });
}

// Whoever is answered may call and cancel at once: all that is done here is taken out of the client before.
void ServerLine::pump() {
  const auto alive = alive_;
  ServerOutput output = client_.take_output();
  if (link_ && !told_version_ && !client_.version().empty()) {
    told_version_ = true;
    link_->version_known(client_.version());
  }
  if (link_) {
    for (ServerMessage& message : output.messages) link_->send(std::move(message));
  }
  if (output.broken && link_) down(output.broken->message);
  if (output.tools_changed) {
    if (client_.ready())
      line_logger().info("server ready server={} software=\"{}\" tools={}", settings_.name,
                         client_.server_name(), client_.tools().size());
    on_tools_changed_();
  }
  arm();
  for (ServerAnswer& answer : output.answers) {
    const auto found = waiting_.find(answer.ticket);
    if (found == waiting_.end()) continue;
    const Done done = std::move(found->second);
    waiting_.erase(found);
    done(std::move(answer.text));
    if (*alive == nullptr) return;
  }
}

void ServerLine::arm() {
  const auto next = client_.next_deadline();
  if (!next) {
    deadline_.cancel();
    return;
  }
  deadline_.expires_at(*next);
  deadline_.async_wait([alive = alive_](error_code failure) {
    if (failure || *alive == nullptr) return;
    (*alive)->client_.tick((*alive)->clock_.now());
    (*alive)->pump();
  });
}

std::vector<ToolSpec> ServerLine::tools() const {
  std::vector<ToolSpec> allowed;
  for (const ToolSpec& tool : client_.tools()) {
    const bool wanted = settings_.tools.empty() || std::ranges::any_of(settings_.tools, [&](const auto& one) {
                          return matches_tool(one, tool.name);
                        });
    if (wanted) allowed.push_back(tool);
  }
  return allowed;
}

}  // namespace earshot::worker
