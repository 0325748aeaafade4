// All firmware images: what is uploaded, what is rolled out to whom, and where a device fetches it.
//
// Runs on: the gateway's main executor; files on FirmwareDisk's thread.
// Owns: the records in memory, open uploads, what became of offers.
// Borrows: store, hub and clock.
// Bounded: kMaxUploads at a time (idle ones end after kUploadIdle), kMaxImages, `max_total_bytes` of images;
// an upload needs its size and kSpareBytes of free disk. Uploads do not survive a restart, images do.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/base/secret.h"
#include "gateway/control/devices/boot_report.h"
#include "gateway/control/events/event_hub.h"
#include "gateway/control/firmware/download_link.h"
#include "gateway/control/firmware/firmware_disk.h"
#include "gateway/control/firmware/firmware_offer.h"
#include "gateway/control/firmware/offer_ledger.h"
#include "gateway/control/firmware/upload_check.h"
#include "gateway/store/change_line.h"
#include "gateway/store/store_proxy.h"

namespace earshot::gateway {

struct UploadState {
  std::string id;
  UploadStart start;
  std::uint64_t offset = 0;  // so many bytes are stored
};

struct UploadProgress {
  enum class Kind { kStored, kComplete, kRefused, kWrongOffset, kBusy, kUnknown, kFailed };
  Kind kind = Kind::kUnknown;
  std::uint64_t offset = 0;                   // where the next chunk begins
  std::optional<store::FirmwareImage> image;  // kComplete
  std::string message = {};                   // kRefused: the client's fault; kFailed: ours
};

// What an operator may change; absent: as it was.
struct ImageChange {
  std::optional<bool> enabled;
  std::optional<int> percentage;               // 0..100
  std::optional<std::string> minimum_version;  // dotted numbers, or empty
  std::optional<bool> force;
  std::optional<std::string> notes;
};

class FirmwareLibrary {
 public:
  static constexpr std::size_t kMaxUploads = 4;
  static constexpr std::size_t kMaxImages = 1000;
  static constexpr Milliseconds kUploadIdle = std::chrono::hours(1);
  static constexpr std::uint64_t kSpareBytes = 64ull << 20;

  struct Parts {
    store::StoreProxy& store;
    EventHub& hub;
    const Clock& clock;
    Executor executor;
  };
  // `base_url`: how devices reach our HTTP port, without a slash at its end.
  FirmwareLibrary(Parts parts, std::filesystem::path folder, const Secret& device_key, std::string base_url,
                  std::uint64_t max_total_bytes = 4ull << 30);
  // At start. A file without a record is removed: its record was refused, or its removal was cut short. A record
  // without its file is left out, so that nobody is sent after it.
  void load(std::vector<store::FirmwareImage> images);
  // Another gateway has changed them: the records are read anew. An image whose file is not in our folder is not
  // offered here (docs/store.md: the gateways share the folder).
  void refresh();

  const std::vector<store::FirmwareImage>& images() const { return images_; }
  const store::FirmwareImage* find(std::string_view image) const;

  // Errors: kInvalid (the start, or there is such an image already), kUnavailable (no room).
  Result<UploadState> begin_upload(UploadStart start);
  std::optional<UploadState> upload(std::string_view id) const;
  // `audit` is asked when the last chunk makes an image of it, and written with the image.
  using Audit = std::optional<store::AuditEntry>;
  void write_upload(std::string_view id, std::uint64_t offset, std::string bytes,
                    std::function<Audit()> audit, std::function<void(UploadProgress)> done);
  bool abandon_upload(std::string_view id);
  std::vector<UploadState> uploads() const;

  // These two are true and answered when they are on disk, with `audit`; what is refused has changed nothing.
  // Errors: kNotFound, kInvalid, what the store says.
  void change(std::string_view image, ImageChange change, Audit audit,
              std::function<void(Result<store::FirmwareImage>)> done);
  void remove(std::string_view image, Audit audit, std::function<void(Status)> done);

  // At boot, of a device that was admitted: settles what it did with the last offer, and makes a new one.
  std::optional<FirmwareOffer> booted(const BootReport& report, bool auto_update);
  // For a command to upgrade now.
  // Errors: kNotFound.
  Result<std::string> url_for(std::string_view image, const DeviceId& device) const;

  // The parts of a download's path, as they came.
  struct Download {
    DownloadLink::Verdict verdict = DownloadLink::Verdict::kForged;
    const store::FirmwareImage* image = nullptr;  // null: there is none (any more)
    std::filesystem::path path;
  };
  Download download(std::string_view image, std::string_view device, std::string_view expires,
                    std::string_view signature);

 private:
  struct Upload {
    UploadState state;
    FirmwareDisk::PartPtr part;
    bool busy = false;                  // a chunk is being written
    std::function<Audit()> audit = {};  // of that chunk
    SteadyTime used{};
  };
  store::FirmwareImage* known(std::string_view image);
  void adopt(std::vector<store::FirmwareImage> images);
  void write_change(const std::string& image, const ImageChange& change, const Audit& audit,
                    const std::function<void(Result<store::FirmwareImage>)>& done);
  void write_removal(const std::string& image, const Audit& audit, const std::function<void(Status)>& done);
  void forget_idle_uploads();
  void chunk_written(const std::string& id, std::size_t bytes, const Status& status,
                     const std::function<void(UploadProgress)>& done);
  void upload_finished(const std::string& id, const std::string& image, const Status& status,
                       const std::function<void(UploadProgress)>& done);
  std::uint64_t total_bytes() const;
  void tell(const DeviceId& device, std::string_view state, std::string_view image, std::string_view version);

  Parts parts_;
  DownloadLink link_;
  std::string base_url_;
  std::uint64_t max_total_bytes_;
  std::vector<store::FirmwareImage> images_;
  std::map<std::string, Upload, std::less<>> uploads_;
  store::ChangeLine<std::string> changes_;  // by image
  OfferLedger offers_;
  FirmwareDisk disk_;
};

}  // namespace earshot::gateway
