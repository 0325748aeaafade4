// Speech that devices come and fetch: Ogg Opus files in memory, each at an address that nobody can guess and
// that is good for a while. Pure.
//
//   /xiaozhi/speech/<number>/<secret, 32 hex>.ogg
//
// The secret is random and lives as long as the file, so the address needs no signature; the firmware does a
// plain GET without credentials and follows no redirect.
//
// Runs on: the gateway's main executor.
// Bounded: kMaxFiles, kMaxBytes together; put() refuses more. Each is forgotten after kLife, or by erase().
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/clock.h"

namespace earshot::gateway {

class NoticeStore {
 public:
  static constexpr std::string_view kRoute = "/xiaozhi/speech/{number}/{secret}";
  static constexpr std::size_t kMaxFiles = 256;
  static constexpr std::size_t kMaxBytes = 32 * 1024 * 1024;
  static constexpr Milliseconds kLife{300'000};  // a device asks at once, and may ask again

  struct Kept {
    std::uint64_t number = 0;
    std::string path;  // of its address
  };
  // nullopt: no room.
  std::optional<Kept> put(std::string file, SteadyTime now);

  struct Found {
    std::uint64_t number = 0;
    std::string_view file;  // until the next put() or erase()
  };
  // The parts of the path as they came; hostile. nullopt: there is no such file, or not any more.
  std::optional<Found> find(std::string_view number, std::string_view secret, SteadyTime now) const;

  void erase(std::uint64_t number);
  std::size_t bytes() const { return bytes_; }

 private:
  struct File {
    std::string secret;
    std::string bytes;
    SteadyTime until{};
  };
  void forget_old(SteadyTime now);

  std::map<std::uint64_t, File> files_;  // by number, in the order of coming
  std::size_t bytes_ = 0;
  std::uint64_t last_ = 0;
};

}  // namespace earshot::gateway
