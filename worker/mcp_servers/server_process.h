// A program with its standard input, output and error as pipes, in a process group of its own. It gets the environment
// that it is given and no descriptor of ours.
//
// Runs on: the worker's I/O thread.
// Owns: the whole group: whoever is left of it is killed when the program ends or this is destroyed. A program that
// leaves its group (setsid) leaves our reach; one that outlives a killed worker reads the end of its input.
// Bounded: what waits to be written by kMaxUnwrittenBytes; what is read by kBytesASecond, so that a program that writes
// without end does not keep the thread from its conversations.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/base/result.h"

namespace earshot::worker {

class ServerProcess {
 public:
  static constexpr std::size_t kMaxUnwrittenBytes = 1024 * 1024;
  static constexpr std::size_t kBytesASecond = 8 * 1024 * 1024;

  struct Command {
    std::string program;  // looked for in our PATH
    std::vector<std::string> arguments;
    std::vector<std::pair<std::string, std::string>> environment;  // all that there is
    std::string folder;                                            // to run in; empty: ours
  };
  // None is called from inside start() or write(), and none may destroy the process.
  struct Handlers {
    std::function<void(std::string_view)> on_output;
    std::function<void(std::string_view)> on_error_output;
    std::function<void(const std::string& how)> on_ended;  // once
  };

  // kUnavailable: the program cannot be started, in words for an operator.
  static Result<std::unique_ptr<ServerProcess>> start(asio::io_context& io, const Command& command,
                                                      Handlers handlers);
  // Closes its input and asks it to end (SIGTERM). Who is left after a second is killed; so is everybody when the
  // io_context goes before.
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  bool write(std::string bytes);  // false: too much waits
  pid_t pid() const;

 private:
  struct State;
  explicit ServerProcess(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace earshot::worker
