#include "worker/mcp_servers/mcp_servers.h"

#include <algorithm>
#include <utility>

#include "worker/mcp/tool_pattern.h"

namespace earshot::worker {

namespace {

class ServerRun final : public OutsideRun {
 public:
  ServerRun(std::weak_ptr<ServerLine> line, ServerTicket ticket) : line_(std::move(line)), ticket_(ticket) {}
  ServerRun(const ServerRun&) = delete;
  ServerRun& operator=(const ServerRun&) = delete;
  ~ServerRun() override {
    if (const auto line = line_.lock()) line->cancel(ticket_);
  }

 private:
  std::weak_ptr<ServerLine> line_;
  ServerTicket ticket_;
};

// Nobody is there to be asked.
class NoRun final : public OutsideRun {
 public:
  NoRun() = default;
  NoRun(const NoRun&) = delete;
  NoRun& operator=(const NoRun&) = delete;
  ~NoRun() override { *given_up_ = true; }
  std::shared_ptr<const bool> given_up() const { return given_up_; }

 private:
  std::shared_ptr<bool> given_up_ = std::make_shared<bool>(false);
};

}  // namespace

McpServers::McpServers(asio::io_context& io, HttpClient& http, const Clock& clock,
                       const std::vector<McpServerSettings>& servers)
    : io_(io) {
  for (const McpServerSettings& settings : servers)
    lines_.push_back(std::make_shared<ServerLine>(io, http, clock, settings, [this] { collect(); }));
}

McpServers::~McpServers() = default;

void McpServers::start() {
  for (const auto& line : lines_) line->start();
}

void McpServers::stop() {
  places_.clear();
  lines_.clear();
}

void McpServers::collect() {
  auto tools = std::make_shared<std::vector<ToolSpec>>();
  places_.clear();
  for (const auto& line : lines_) {
    for (ToolSpec& tool : line->tools()) {
      std::string name = std::string(kServerToolPrefix) + line->name() + "." + tool.name;
      places_[name] = {.line = line.get(), .tool = tool.name};
      tools->push_back({.name = std::move(name),
                        .description = std::move(tool.description),
                        .input_schema = std::move(tool.input_schema)});
    }
  }
  tools_ = std::move(tools);
}

std::unique_ptr<OutsideRun> McpServers::run(const std::string& name, json::object arguments,
                                            std::function<void(OutsideAnswer)> done) {
  const auto place = places_.find(name);
  if (place == places_.end()) {
    auto none = std::make_unique<NoRun>();
    asio::post(io_, [given_up = none->given_up(), done = std::move(done)] {
      if (!*given_up)
        done({.text = Error{ErrorCode::kNotFound,
                            "the tool is not there any more: its server does not offer it now"}});
    });
    return none;
  }
  const auto line = std::ranges::find(lines_, place->second.line, &std::shared_ptr<ServerLine>::get);
  const ServerTicket ticket =
      (*line)->call(place->second.tool, std::move(arguments),
                    [done = std::move(done)](Result<std::string> text) { done({.text = std::move(text)}); });
  return std::make_unique<ServerRun>(*line, ticket);
}

}  // namespace earshot::worker
