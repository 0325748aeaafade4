#include "gateway/control/lore/pdf_text.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <memory>
#include <utility>

namespace earshot::gateway {

namespace {

constexpr rlim_t kMaxMemoryBytes = 1ULL << 30;
constexpr rlim_t kMaxCpuSeconds = 30;
constexpr Milliseconds kEndPoll{10};  // its exit follows the end of its text at once

void bound(int resource, rlim_t most) {
  const rlimit limit{most, most};
  setrlimit(static_cast<__rlimit_resource_t>(resource), &limit);
}

// The child's side, between fork and exec: only async-signal-safe calls.
[[noreturn]] void become_reader(const char* program, int pdf, int out, pid_t parent) {
  constexpr int kExecFailed = 127;  // as a shell reports it
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(kExecFailed);  // the parent died before prctl took effect
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  setpgid(0, 0);
  for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD}) std::signal(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  bound(RLIMIT_AS, kMaxMemoryBytes);
  bound(RLIMIT_CPU, kMaxCpuSeconds);
  bound(RLIMIT_FSIZE, 0);
  bound(RLIMIT_CORE, 0);
  const int nothing = ::open("/dev/null", O_WRONLY);
  if (dup2(pdf, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(nothing, STDERR_FILENO) < 0)
    _exit(kExecFailed);
  if (syscall(SYS_close_range, 3U, ~0U, 0) != 0) {
    for (int fd = 3; fd < 1024; ++fd) ::close(fd);
  }
  const std::array<const char*, 9> arguments{
      program, "-q", "-enc", "UTF-8", "-eol", "unix", "-nopgbrk", "/proc/self/fd/0", "-"};
  std::array<char*, 10> given{};
  for (std::size_t i = 0; i < arguments.size(); ++i) given[i] = const_cast<char*>(arguments[i]);
  std::array<char*, 1> nowhere{};
  execve(program, given.data(), nowhere.data());
  _exit(kExecFailed);
}

class PdfReading : public std::enable_shared_from_this<PdfReading> {
 public:
  PdfReading(const Executor& executor, PdfTextLimits limits, std::function<void(Result<std::string>)> done)
      : out_(executor), deadline_(executor), poll_(executor), limits_(limits), done_(std::move(done)) {}

  void start(const std::string& program, const std::string& pdf) {
    const int file = memfd_create("pdf", MFD_CLOEXEC);
    std::array<int, 2> pipe{-1, -1};
    if (file < 0 || !write_all(file, pdf) || pipe2(pipe.data(), O_CLOEXEC) != 0) {
      if (file >= 0) ::close(file);
      return end_later({ErrorCode::kUnavailable, "no process can be made for it"});
    }
    const pid_t parent = getpid();
    child_ = fork();
    if (child_ == 0) become_reader(program.c_str(), file, pipe[1], parent);
    ::close(file);
    ::close(pipe[1]);
    out_.assign(pipe[0]);
    if (child_ < 0) return end_later({ErrorCode::kUnavailable, "no process can be made for it"});
    deadline_.expires_after(limits_.patience);
    deadline_.async_wait([self = shared_from_this()](error_code stopped) {
      if (!stopped) self->stop({ErrorCode::kTimeout, "reading the PDF took too long"});
    });
    read();
  }

 private:
  static bool write_all(int file, std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(file, bytes.data(), bytes.size());
      if (written <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }

  void read() {
    out_.async_read_some(
        asio::buffer(piece_),
        [self = shared_from_this()](error_code failure, std::size_t size) { self->on_read(failure, size); });
  }

  void on_read(error_code failure, std::size_t size) {
    if (!done_) return;
    if (failure) return wait_for_end();
    if (text_.size() + size > limits_.text_bytes)
      return stop({ErrorCode::kTooLarge, "there is too much text in the PDF"});
    text_.append(piece_.data(), size);
    read();
  }

  void wait_for_end() {
    if (!done_) return;
    int status = 0;
    const pid_t ended = waitpid(child_, &status, WNOHANG);
    if (ended == 0) {
      poll_.expires_after(kEndPoll);
      poll_.async_wait([self = shared_from_this()](error_code) { self->wait_for_end(); });
      return;
    }
    child_ = -1;
    if (ended < 0 || !WIFEXITED(status) || WEXITSTATUS(status) == 127)
      return end(Error{ErrorCode::kInvalid, "pdftotext cannot read it"});
    if (WEXITSTATUS(status) != 0)
      return end(Error{ErrorCode::kInvalid, "pdftotext cannot read it: it is damaged or locked"});
    end(std::move(text_));
  }

  void stop(Error error) {
    if (child_ > 0) {
      kill(child_, SIGKILL);
      waitpid(child_, nullptr, 0);  // it is gone at once
      child_ = -1;
    }
    end(std::move(error));
  }

  void end_later(Error error) {
    asio::post(deadline_.get_executor(),
               [self = shared_from_this(), error = std::move(error)] { self->end(error); });
  }

  void end(Result<std::string> result) {
    if (!done_) return;
    deadline_.cancel();
    poll_.cancel();
    error_code ignored;
    out_.close(ignored);
    std::exchange(done_, {})(std::move(result));
  }

  asio::posix::stream_descriptor out_;
  asio::steady_timer deadline_;
  asio::steady_timer poll_;
  PdfTextLimits limits_;
  std::function<void(Result<std::string>)> done_;
  pid_t child_ = -1;
  std::array<char, 16 * 1024> piece_{};
  std::string text_;
};

}  // namespace

std::string find_pdftotext() {
  for (const char* path : {"/usr/bin/pdftotext", "/usr/local/bin/pdftotext"}) {
    if (::access(path, X_OK) == 0) return path;
  }
  return {};
}

void read_pdf_text(Executor executor, const std::string& program, const std::string& pdf,
                   PdfTextLimits limits, std::function<void(Result<std::string>)> done) {
  if (program.empty()) {
    return asio::post(executor, [done = std::move(done)] {
      done(Error{ErrorCode::kUnavailable,
                 "PDFs need pdftotext on the gateway's machine (Debian: apt-get install poppler-utils)"});
    });
  }
  std::make_shared<PdfReading>(executor, limits, std::move(done))->start(program, pdf);
}

}  // namespace earshot::gateway
