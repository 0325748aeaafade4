// Reads the folder of the authority, and again whenever a file of it has changed: a renewed certificate is shown to
// the next worker, one that was revoked is cut at once. What is broken is not used, and told once.
//
// Runs on: the gateway's main executor.
// Owns: its timer, as long as somebody holds it.
// Lifecycle: create() -> start() (hands on what there is) -> stop().
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/base/file_mark.h"
#include "common/tls/pki_folder.h"
#include "gateway/live/workers/link_keys.h"

namespace earshot::gateway {

class LinkWatch : public std::enable_shared_from_this<LinkWatch> {
 public:
  using OnKeys = std::function<void(LinkKeysPtr)>;
  static constexpr Milliseconds kLookEvery{500};
  // A certificate that has less left is told of, once a day.
  static constexpr std::chrono::hours kWarnBefore{24 * 30};

  // Throws StartupError (kConfig): there is no authority, or it cannot be used.
  static std::shared_ptr<LinkWatch> create(const Executor& executor, const Clock& clock, tls::PkiFolder pki,
                                           OnKeys on_keys);

  void start();
  void stop();
  // Whether a file has changed; the timer calls it.
  void look();

 private:
  using Marks = std::vector<std::optional<FileMark>>;
  LinkWatch(const Executor& executor, const Clock& clock, tls::PkiFolder pki, OnKeys on_keys);
  Marks marks() const;
  Result<LinkKeysPtr> read() const;
  void warn_of_expiry();
  void look_later();

  const Clock& clock_;
  tls::PkiFolder pki_;
  OnKeys on_keys_;
  asio::steady_timer timer_;
  Marks seen_;
  LinkKeysPtr keys_;
  SteadyTime next_warning_{};
};

}  // namespace earshot::gateway
