// Runs the tools that are requests to the web (http_tool_settings.h), for all conversations.
//
// Runs on: the worker's I/O thread.
// Owns: two HTTP clients, so that no connection that a tool may open to a private address is used by one that may not.
// Bounded: kMaxRuns at once; of each answer as its tool says, and kMaxResultBytes of what is told.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/asio/asio.h"
#include "worker/http_tools/http_tool_settings.h"
#include "worker/providers/net/http_client.h"
#include "worker/tools/tool_source.h"

namespace earshot::worker {

class HttpTools final : public ToolSource {
 public:
  static constexpr std::size_t kMaxRuns = 64;
  static constexpr std::size_t kMaxResultBytes = 8 * 1024;

  HttpTools(asio::io_context& io, std::vector<HttpToolSettings> tools);
  ~HttpTools() override;

  ToolList tools() const override { return specs_; }
  std::unique_ptr<OutsideRun> run(const std::string& name, json::object arguments,
                                  std::function<void(OutsideAnswer)> done) override;

 private:
  asio::io_context& io_;
  HttpClient public_;
  HttpClient anybody_;
  std::map<std::string, HttpToolSettings, std::less<>> tools_;
  ToolList specs_;
  std::shared_ptr<std::size_t> runs_ = std::make_shared<std::size_t>(0);
};

}  // namespace earshot::worker
