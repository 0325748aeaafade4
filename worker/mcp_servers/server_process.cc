#include "worker/mcp_servers/server_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <deque>

namespace earshot::worker {

namespace {

constexpr Milliseconds kEndPatience{1000};
constexpr std::size_t kReadBytes = 64 * 1024;
constexpr int kFirstForeign = 3;  // behind standard input, output and error

struct Pipe {
  int read = -1;
  int write = -1;
  Pipe() = default;
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    if (read >= 0) ::close(read);
    if (write >= 0) ::close(write);
  }
  bool open() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    read = ends[0];
    write = ends[1];
    return true;
  }
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> made;
  for (std::string& text : texts) made.push_back(text.data());
  made.push_back(nullptr);
  return made;
}

// RETURNS: 0, or an errno of the exec itself too.
int spawn(const ServerProcess::Command& command, const Pipe& in, const Pipe& out, const Pipe& err,
          pid_t& pid) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.write, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write, STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&actions, kFirstForeign);
  if (!command.folder.empty()) posix_spawn_file_actions_addchdir_np(&actions, command.folder.c_str());
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t signals;
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(&attributes, &signals);
  for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD}) sigaddset(&signals, signal);
  posix_spawnattr_setsigdefault(&attributes, &signals);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::vector<std::string> arguments{command.program};
  arguments.insert(arguments.end(), command.arguments.begin(), command.arguments.end());
  std::vector<std::string> environment;
  for (const auto& [name, value] : command.environment) environment.push_back(name + "=" + value);
  const int failure = ::posix_spawnp(&pid, command.program.c_str(), &actions, &attributes,
                                     pointers(arguments).data(), pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return failure;
}

}  // namespace

// Kept alive by its waits until the program has ended: the last of them reaps it.
struct ServerProcess::State : std::enable_shared_from_this<ServerProcess::State> {
  State(asio::io_context& io, Handlers given)
      : handlers(std::move(given)),
        in(io),
        out(io, &Handlers::on_output),
        err(io, &Handlers::on_error_output),
        handle(io),
        end_timer(io) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { reap(); }

  void begin() {
    read(out);
    read(err);
    handle.async_wait(asio::posix::stream_descriptor::wait_read,
                      [self = shared_from_this()](error_code failure) {
                        if (!failure) self->on_exit();
                      });
  }

  using Handler = std::function<void(std::string_view)> Handlers::*;

  // What the program writes on one pipe. Each waits for itself.
  struct Source {
    Source(asio::io_context& io, Handler who) : pipe(io), pause(io), handler(who) {}
    void close() {
      error_code ignored;
      pipe.close(ignored);
      pause.cancel();
    }
    asio::posix::stream_descriptor pipe;
    asio::steady_timer pause;
    Handler handler;
    std::array<char, kReadBytes> buffer{};
  };

  void read(Source& from) {
    from.pipe.async_read_some(asio::buffer(from.buffer),
                              [weak = weak_from_this(), &from](error_code failure, std::size_t size) {
                                const auto self = weak.lock();
                                if (failure || !self || self->abandoned) return;
                                if (const auto take = self->handlers.*from.handler)
                                  take({from.buffer.data(), size});
                                if (self->abandoned) return;
                                self->read_on(from, size);
                              });
  }

  // More than kBytesASecond of both waits for the next second.
  void read_on(Source& from, std::size_t size) {
    const auto now = std::chrono::steady_clock::now();
    if (now - second_began >= Milliseconds(1000)) {
      second_began = now;
      read_bytes = 0;
    }
    read_bytes += size;
    if (read_bytes < kBytesASecond) return read(from);
    from.pause.expires_at(second_began + Milliseconds(1000));
    from.pause.async_wait([weak = weak_from_this(), &from](error_code failure) {
      const auto self = weak.lock();
      if (!failure && self && !self->abandoned) self->read(from);
    });
  }

  bool write(std::string bytes) {
    if (unwritten_bytes + bytes.size() > kMaxUnwrittenBytes) return false;
    unwritten_bytes += bytes.size();
    unwritten.push_back(std::move(bytes));
    if (unwritten.size() == 1) write_next();
    return true;
  }

  void write_next() {
    asio::async_write(in, asio::buffer(unwritten.front()),
                      [self = shared_from_this()](error_code failure, std::size_t) {
                        self->unwritten_bytes -= self->unwritten.front().size();
                        self->unwritten.pop_front();
                        // A program that does not read any more ends soon, or is ended.
                        if (!failure && !self->unwritten.empty()) self->write_next();
                      });
  }

  void on_exit() {
    const std::string how = reap();
    close_pipes();
    end_timer.cancel();
    if (abandoned) return;
    if (const auto ended = std::exchange(handlers.on_ended, nullptr)) ended(how);
  }

  // The group goes first: as long as the program is not waited for, nobody else can have its number.
  std::string reap() {
    if (pid == 0) return {};
    ::kill(-pid, SIGKILL);
    int status = 0;
    ::waitpid(pid, &status, 0);
    pid = 0;
    if (WIFSIGNALED(status)) return "it was ended by signal " + std::to_string(WTERMSIG(status));
    return "it ended with exit code " + std::to_string(WEXITSTATUS(status));
  }

  void close_pipes() {
    error_code ignored;
    in.close(ignored);
    out.close();
    err.close();
  }

  void abandon() {
    abandoned = true;
    handlers = {};
    if (pid == 0) return;
    close_pipes();
    ::kill(-pid, SIGTERM);
    end_timer.expires_after(kEndPatience);
    end_timer.async_wait([self = shared_from_this()](error_code failure) {
      if (!failure && self->pid != 0) ::kill(-self->pid, SIGKILL);
    });
  }

  Handlers handlers;
  asio::posix::stream_descriptor in;
  Source out;
  Source err;
  asio::posix::stream_descriptor handle;  // readable when the program has ended (pidfd)
  asio::steady_timer end_timer;
  std::deque<std::string> unwritten;
  std::size_t unwritten_bytes = 0;
  SteadyTime second_began{};
  std::size_t read_bytes = 0;
  pid_t pid = 0;
  bool abandoned = false;
};

Result<std::unique_ptr<ServerProcess>> ServerProcess::start(asio::io_context& io, const Command& command,
                                                            Handlers handlers) {
  Pipe in;
  Pipe out;
  Pipe err;
  if (!in.open() || !out.open() || !err.open())
    return Error{ErrorCode::kUnavailable, std::string("no pipes: ") + std::strerror(errno)};
  auto state = std::make_shared<State>(io, std::move(handlers));
  if (const int failure = spawn(command, in, out, err, state->pid); failure != 0) {
    state->pid = 0;
    return Error{ErrorCode::kUnavailable,
                 "'" + command.program + "' cannot be started: " + std::strerror(failure)};
  }
  const auto handle = static_cast<int>(::syscall(SYS_pidfd_open, state->pid, 0));
  if (handle < 0) return Error{ErrorCode::kUnavailable, std::string("pidfd_open: ") + std::strerror(errno)};
  state->in.assign(std::exchange(in.write, -1));
  state->out.pipe.assign(std::exchange(out.read, -1));
  state->err.pipe.assign(std::exchange(err.read, -1));
  state->handle.assign(handle);
  state->begin();
  return std::unique_ptr<ServerProcess>(new ServerProcess(std::move(state)));
}

ServerProcess::~ServerProcess() {
  state_->abandon();
}

bool ServerProcess::write(std::string bytes) {
  return state_->write(std::move(bytes));
}

pid_t ServerProcess::pid() const {
  return state_->pid;
}

}  // namespace earshot::worker
