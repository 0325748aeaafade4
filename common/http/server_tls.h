// The certificate that servers show: read at the start, and again when its files have changed, so that a renewed
// one is used without a restart. A new one that is broken is not used; the old one stays, and the log says why.
//
// Runs on: the executor given.
// Owns: its timer, as long as somebody holds it.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/base/file_mark.h"
#include "common/tls/tls_session.h"

namespace earshot::http {

struct TlsFiles {
  std::filesystem::path certificate;
  std::filesystem::path key;
};

class ServerTls : public std::enable_shared_from_this<ServerTls> {
 public:
  // Throws StartupError when the files are no certificate and its key.
  static std::shared_ptr<ServerTls> create(const Executor& executor, TlsFiles files,
                                           Milliseconds look_every = Milliseconds(5000));

  // With the certificate of now.
  tls::TlsSession new_session() const { return tls::TlsSession(context_); }
  // Whether the files have changed; new sessions use them then. The timer calls it.
  void look();
  std::uint64_t broken() const { return broken_; }  // changes that were not used

 private:
  using Marks = std::array<std::optional<FileMark>, 2>;

  ServerTls(const Executor& executor, TlsFiles files, Milliseconds look_every, Marks seen,
            tls::TlsContext context);
  static Marks marks_of(const TlsFiles& files);
  void look_later();

  TlsFiles files_;
  Milliseconds look_every_;
  Marks seen_;
  tls::TlsContext context_;
  asio::steady_timer timer_;
  std::uint64_t broken_ = 0;
};

}  // namespace earshot::http
