// Firmware images on disk: `<folder>/<image>.bin`, an upload in progress `<folder>/<upload>.part`, all 0600.
//
// Runs on: public methods on any one thread;
// the work on a thread of its own, results on `executor`, in the order asked.
// Owns: the thread and the folder's files. Names are ours (hex), never a client's.
// Lifecycle: made (makes the folder, removes what an earlier run left half-way; throws StartupError) -> used
// -> destroyed (what was asked is still done; its results are not told any more).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/asio/asio.h"
#include "common/base/result.h"

namespace earshot::gateway {

class FirmwareDisk {
 public:
  // An upload's open file and the checksum of what it holds so far. Touched on the disk's thread alone.
  struct Part;
  using PartPtr = std::shared_ptr<Part>;
  using DoneHandler = std::function<void(Status)>;

  FirmwareDisk(std::filesystem::path folder, Executor executor);
  ~FirmwareDisk();

  PartPtr begin(const std::string& upload);  // its file is made by the first append()
  // Errors: kUnavailable, the disk is full or failed; the part is as it was before.
  void append(PartPtr part, std::string bytes, DoneHandler done);
  // Makes the image of it when the checksum is right; else it is removed.
  // Errors: kInvalid (checksum), kUnavailable.
  void finish(PartPtr part, std::string sha256_hex, std::string image, DoneHandler done);
  void abandon(PartPtr part);
  void remove_image(const std::string& image);

  // Those that have a file. Blocks: for the start.
  std::vector<std::string> images() const;
  std::filesystem::path path_of(const std::string& image) const;
  // Of the file system; 0 when it cannot be told. Blocks, for microseconds.
  std::uint64_t free_bytes() const;

 private:
  template <class Job>
  void post(Job job, DoneHandler done);

  std::filesystem::path folder_;
  Executor executor_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // read and written on `executor`'s thread
  asio::thread_pool thread_{1};
};

}  // namespace earshot::gateway
