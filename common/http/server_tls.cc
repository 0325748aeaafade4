#include "common/http/server_tls.h"

#include <utility>

#include "common/base/startup_error.h"
#include "common/log/log.h"

namespace earshot::http {

std::shared_ptr<ServerTls> ServerTls::create(const Executor& executor, TlsFiles files,
                                             Milliseconds look_every) {
  const Marks seen = marks_of(files);  // before they are read: a change in between is seen later
  auto context = tls::TlsContext::load(files.certificate, files.key);
  if (!context) throw StartupError(ExitCode::kConfig, "http.tls: " + context.error().message);
  const std::shared_ptr<ServerTls> made(
      new ServerTls(executor, std::move(files), look_every, seen, std::move(context).value()));
  made->look_later();
  return made;
}

ServerTls::ServerTls(const Executor& executor, TlsFiles files, Milliseconds look_every, Marks seen,
                     tls::TlsContext context)
    : files_(std::move(files)),
      look_every_(look_every),
      seen_(seen),
      context_(std::move(context)),
      timer_(executor) {}

void ServerTls::look() {
  const Marks now = marks_of(files_);
  if (now == seen_) return;
  seen_ = now;
  auto context = tls::TlsContext::load(files_.certificate, files_.key);
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
  return {file_mark(files.certificate), file_mark(files.key)};
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
