#include "common/http/server_tls.h"

#include <system_error>
#include <utility>

#include "common/base/startup_error.h"
#include "common/log/log.h"

namespace earshot::http {

std::shared_ptr<ServerTls> ServerTls::create(const Executor& executor, TlsFiles files,
                                             Milliseconds look_every) {
  const Marks seen = marks_of(files);  // before they are read: a change in between is seen later
  auto context = TlsContext::load(files.certificate, files.key);
  if (!context) throw StartupError(ExitCode::kConfig, "http.tls: " + context.error().message);
  const std::shared_ptr<ServerTls> made(
      new ServerTls(executor, std::move(files), look_every, seen, std::move(context).value()));
  made->look_later();
  return made;
}

ServerTls::ServerTls(const Executor& executor, TlsFiles files, Milliseconds look_every, Marks seen,
                     TlsContext context)
    : files_(std::move(files)),
      look_every_(look_every),
      seen_(seen),
      context_(std::move(context)),
      timer_(executor) {}

void ServerTls::look() {
  const Marks now = marks_of(files_);
  if (now == seen_) return;
  seen_ = now;
  auto context = TlsContext::load(files_.certificate, files_.key);
  if (!context) {
    ++broken_;
    log::logger("http").error("the new certificate is not used, the old one stays: {}",
                              context.error().message);
    return;
  }
  context_ = std::move(context).value();
  log::logger("http").info("a new certificate is in use file={}", files_.certificate.string());
}

ServerTls::Marks ServerTls::marks_of(const TlsFiles& files) {
  const auto mark_of = [](const std::filesystem::path& file) -> std::optional<Mark> {
    std::error_code failure;
    const Mark mark{.written = std::filesystem::last_write_time(file, failure),
                    .bytes = failure ? 0 : std::filesystem::file_size(file, failure)};
    if (failure) return std::nullopt;
    return mark;
  };
  return {mark_of(files.certificate), mark_of(files.key)};
}

void ServerTls::look_later() {
  timer_.expires_after(look_every_);
  timer_.async_wait([weak = weak_from_this()](error_code failure) {
    const auto self = weak.lock();
    if (failure || !self) return;
    self->look();
    self->look_later();
  });
}

}  // namespace earshot::http
