#include "gateway/control/firmware/firmware_library.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "common/base/bytes.h"
#include "common/base/random.h"
#include "common/log/log.h"
#include "gateway/control/firmware/rollout.h"

namespace earshot::gateway {

namespace {

using Kind = UploadProgress::Kind;

spdlog::logger& logger() {
  static spdlog::logger& instance = log::logger("firmware");
  return instance;
}

std::string random_id() {
  std::array<std::uint8_t, 8> bytes{};
  fill_random(bytes);
  return to_hex(bytes);
}

std::string lower_hex(const std::string& hex) {
  const auto bytes = from_hex(hex);
  return bytes ? to_hex(*bytes) : std::string();
}

store::FirmwareImage changed(store::FirmwareImage image, const ImageChange& change) {
  image.enabled = change.enabled.value_or(image.enabled);
  image.percentage = change.percentage.value_or(image.percentage);
  image.minimum_version = change.minimum_version.value_or(image.minimum_version);
  image.force = change.force.value_or(image.force);
  image.notes = change.notes.value_or(image.notes);
  return image;
}

const char* why_refused(ChunkVerdict verdict) {
  switch (verdict) {
    case ChunkVerdict::kGood:
    case ChunkVerdict::kWrongOffset:
      return "a chunk must begin where the last one ended";
    case ChunkVerdict::kEmpty:
      return "the chunk is empty";
    case ChunkVerdict::kTooMuch:
      return "a chunk may be 1 MiB and must end within the image";
    case ChunkVerdict::kNotAnImage:
      return "this is not an ESP image: its first byte is not 0xE9 (upload the application's .bin, not the "
             "merged one's "
             "ZIP)";
  }
  return "";
}

}  // namespace

FirmwareLibrary::FirmwareLibrary(Parts parts, std::filesystem::path folder, const Secret& device_key,
                                 std::string base_url, std::uint64_t max_total_bytes)
    : parts_(std::move(parts)),
      link_(device_key),
      base_url_(std::move(base_url)),
      max_total_bytes_(max_total_bytes),
      disk_(std::move(folder), parts_.executor) {}

void FirmwareLibrary::load(std::vector<store::FirmwareImage> images) {
  const std::vector<std::string> found = disk_.images();
  std::set<std::string> files(found.begin(), found.end());
  for (store::FirmwareImage& image : images) {
    if (files.erase(image.id) > 0) {
      images_.push_back(std::move(image));
    } else {
      logger().error("firmware without its file, not offered image={} board={} version={}; upload it again",
                     image.id, image.board, image.version);
    }
  }
  for (const std::string& file : files) {
    logger().warn("firmware file of no image removed file={}.bin", file);
    disk_.remove_image(file);
  }
}

void FirmwareLibrary::refresh() {
  parts_.store.read(
      parts_.executor, [](store::Store& store) { return store.firmware().all(); },
      [this](Result<std::vector<store::FirmwareImage>> images) {
        if (images) adopt(std::move(*images));
      });
}

const store::FirmwareImage* FirmwareLibrary::find(std::string_view image) const {
  const auto found = std::ranges::find(images_, image, &store::FirmwareImage::id);
  return found == images_.end() ? nullptr : &*found;
}

Result<UploadState> FirmwareLibrary::begin_upload(UploadStart start) {
  if (const Status good = check_upload(start); !good) return good.error();
  start.sha256 = lower_hex(start.sha256);
  start.file_name = json::clean_text(start.file_name, 128);
  forget_idle_uploads();
  const auto same = [&](const store::FirmwareImage& image) {
    return image.board == start.board && image.version == start.version;
  };
  if (std::ranges::any_of(images_, same)) {
    return Error{ErrorCode::kInvalid, "there is an image of this version for this board already"};
  }
  if (uploads_.size() >= kMaxUploads) {
    return Error{ErrorCode::kUnavailable, "too many uploads at the same time: end one of them"};
  }
  if (images_.size() >= kMaxImages || total_bytes() + start.size_bytes > max_total_bytes_) {
    return Error{ErrorCode::kUnavailable, "there are too many images: delete old ones"};
  }
  if (disk_.free_bytes() < start.size_bytes + kSpareBytes) {
    return Error{ErrorCode::kUnavailable, "the disk is too full for this image"};
  }
  UploadState state{.id = random_id(), .start = std::move(start), .offset = 0};
  Upload upload{.state = state, .part = disk_.begin(state.id), .busy = false, .used = parts_.clock.now()};
  uploads_.emplace(state.id, std::move(upload));
  return state;
}

std::optional<UploadState> FirmwareLibrary::upload(std::string_view id) const {
  const auto found = uploads_.find(id);
  if (found == uploads_.end()) return std::nullopt;
  return found->second.state;
}

void FirmwareLibrary::write_upload(std::string_view id, std::uint64_t offset, std::string bytes,
                                   std::function<Audit()> audit, std::function<void(UploadProgress)> done) {
  const auto found = uploads_.find(id);
  if (found == uploads_.end()) return done({.kind = Kind::kUnknown, .image = {}});
  Upload& upload = found->second;
  upload.used = parts_.clock.now();
  if (upload.busy) return done({.kind = Kind::kBusy, .offset = upload.state.offset, .image = {}});
  const ChunkVerdict verdict = check_chunk(upload.state.start, upload.state.offset, offset, bytes);
  if (verdict != ChunkVerdict::kGood) {
    return done({.kind = verdict == ChunkVerdict::kWrongOffset ? Kind::kWrongOffset : Kind::kRefused,
                 .offset = upload.state.offset,
                 .image = {},
                 .message = why_refused(verdict)});
  }
  upload.busy = true;
  upload.audit = std::move(audit);
  const std::size_t size = bytes.size();
  disk_.append(upload.part, std::move(bytes),
               [this, id = std::string(id), size, done = std::move(done)](const Status& status) {
                 chunk_written(id, size, status, done);
               });
}

bool FirmwareLibrary::abandon_upload(std::string_view id) {
  const auto found = uploads_.find(id);
  if (found == uploads_.end()) return false;
  disk_.abandon(found->second.part);
  uploads_.erase(found);
  return true;
}

std::vector<UploadState> FirmwareLibrary::uploads() const {
  std::vector<UploadState> all;
  for (const auto& [id, upload] : uploads_) all.push_back(upload.state);
  return all;
}

void FirmwareLibrary::change(std::string_view id, ImageChange change, Audit audit,
                             std::function<void(Result<store::FirmwareImage>)> done) {
  if (change.percentage && (*change.percentage < 0 || *change.percentage > 100)) {
    return done(Error{ErrorCode::kInvalid, "percentage must be 0 to 100"});
  }
  if (change.minimum_version && !change.minimum_version->empty() && !parse_version(*change.minimum_version)) {
    return done(Error{ErrorCode::kInvalid, "minimum_version must be dotted numbers, or empty"});
  }
  if (change.notes) change.notes = json::clean_text(*change.notes, 2000);
  const std::string image(id);
  changes_.enter(image, [this, image, change = std::move(change), audit = std::move(audit),
                         done = std::move(done)] { write_change(image, change, audit, done); });
}

void FirmwareLibrary::remove(std::string_view id, Audit audit, std::function<void(Status)> done) {
  const std::string image(id);
  changes_.enter(image, [this, image, audit = std::move(audit), done = std::move(done)] {
    write_removal(image, audit, done);
  });
}

std::optional<FirmwareOffer> FirmwareLibrary::booted(const BootReport& report, bool auto_update) {
  if (const auto outcome = offers_.booted(report.device, report.version)) {
    tell(report.device, outcome->installed ? "installed" : "failed", outcome->image, outcome->version);
  }
  const store::FirmwareImage* image = choose_image(images_, {.device = report.device,
                                                             .board = report.board,
                                                             .version = report.version,
                                                             .auto_update = auto_update});
  if (image == nullptr || !offers_.may_offer(report.device, image->id)) return std::nullopt;
  offers_.offered(report.device, image->id, image->version);
  tell(report.device, "offered", image->id, image->version);
  return FirmwareOffer{.version = image->version,
                       .url = base_url_ + link_.path(image->id, report.device, parts_.clock.wall()),
                       .force = image->force};
}

Result<std::string> FirmwareLibrary::url_for(std::string_view image, const DeviceId& device) const {
  if (find(image) == nullptr) return Error{ErrorCode::kNotFound, "no such image"};
  return base_url_ + link_.path(image, device, parts_.clock.wall());
}

FirmwareLibrary::Download FirmwareLibrary::download(std::string_view image, std::string_view device,
                                                    std::string_view expires, std::string_view signature) {
  Download download;
  download.verdict = link_.check(image, device, expires, signature, parts_.clock.wall());
  if (download.verdict != DownloadLink::Verdict::kGood) return download;
  download.image = find(image);
  if (download.image == nullptr) return download;
  download.path = disk_.path_of(download.image->id);
  if (const auto id = DeviceId::parse(device)) {
    offers_.downloading(*id, image);
    tell(*id, "downloading", image, download.image->version);
  }
  return download;
}

store::FirmwareImage* FirmwareLibrary::known(std::string_view image) {
  const auto found = std::ranges::find(images_, image, &store::FirmwareImage::id);
  return found == images_.end() ? nullptr : &*found;
}

// What is being changed here is left alone: its own change ends with what is true.
void FirmwareLibrary::adopt(std::vector<store::FirmwareImage> images) {
  const std::vector<std::string> found = disk_.images();
  const std::set<std::string> files(found.begin(), found.end());
  std::set<std::string> there;
  for (store::FirmwareImage& image : images) {
    there.insert(image.id);
    if (changes_.busy(image.id)) continue;
    store::FirmwareImage* ours = known(image.id);
    if (ours != nullptr) {
      *ours = std::move(image);
      offers_.forget_image(ours->id);
    } else if (files.contains(image.id)) {
      images_.push_back(std::move(image));
    }
  }
  std::erase_if(images_, [&](const store::FirmwareImage& image) {
    const bool gone = !there.contains(image.id) && !changes_.busy(image.id);
    if (gone) offers_.forget_image(image.id);
    return gone;
  });
}

void FirmwareLibrary::write_change(const std::string& id, const ImageChange& change, const Audit& audit,
                                   const std::function<void(Result<store::FirmwareImage>)>& done) {
  const store::FirmwareImage* image = known(id);
  if (image == nullptr) {
    changes_.leave(id);
    return done(Error{ErrorCode::kNotFound, "no such image"});
  }
  const store::FirmwareImage fresh = changed(*image, change);
  parts_.store.write(
      parts_.executor,
      [fresh, audit](store::Store& store) {
        store.firmware().put(fresh);
        if (audit) store.audit().add(*audit);
      },
      [this, fresh, done](const Status& kept) {
        if (kept) {
          // Changes of one image wait for each other, here and in adopt(), so it is still there, as it was.
          *known(fresh.id) = fresh;
          offers_.forget_image(fresh.id);  // whoever gave up on it gets new tries
        }
        changes_.leave(fresh.id);
        done(kept ? Result<store::FirmwareImage>(fresh) : Result<store::FirmwareImage>(kept.error()));
      });
}

// The row first: a file without one is thrown away at the next start, a row without its file offers nothing
// but failures.
void FirmwareLibrary::write_removal(const std::string& id, const Audit& audit,
                                    const std::function<void(Status)>& done) {
  if (known(id) == nullptr) {
    changes_.leave(id);
    return done(Error{ErrorCode::kNotFound, "no such image"});
  }
  parts_.store.write(
      parts_.executor,
      [id, audit](store::Store& store) {
        store.firmware().remove(id);
        if (audit) store.audit().add(*audit);
      },
      [this, id, done](const Status& kept) {
        if (kept) {
          std::erase_if(images_, [&](const store::FirmwareImage& image) { return image.id == id; });
          offers_.forget_image(id);
          disk_.remove_image(id);
        }
        changes_.leave(id);
        done(kept);
      });
}

void FirmwareLibrary::forget_idle_uploads() {
  std::vector<std::string> idle;
  for (const auto& [id, upload] : uploads_) {
    if (!upload.busy && parts_.clock.now() - upload.used >= kUploadIdle) idle.push_back(id);
  }
  for (const std::string& id : idle) abandon_upload(id);
}

void FirmwareLibrary::chunk_written(const std::string& id, std::size_t bytes, const Status& status,
                                    const std::function<void(UploadProgress)>& done) {
  const auto found = uploads_.find(id);
  if (found == uploads_.end()) return done({.kind = Kind::kUnknown, .image = {}});  // abandoned meanwhile
  Upload& upload = found->second;
  if (!status) {
    upload.busy = false;
    return done({.kind = Kind::kFailed,
                 .offset = upload.state.offset,
                 .image = {},
                 .message = status.error().message});
  }
  upload.state.offset += bytes;
  if (upload.state.offset < upload.state.start.size_bytes) {
    upload.busy = false;
    return done({.kind = Kind::kStored, .offset = upload.state.offset, .image = {}});
  }
  const std::string image = random_id();
  disk_.finish(
      upload.part, upload.state.start.sha256, image,
      [this, id, image, done](const Status& finished) { upload_finished(id, image, finished, done); });
}

void FirmwareLibrary::upload_finished(const std::string& id, const std::string& image, const Status& status,
                                      const std::function<void(UploadProgress)>& done) {
  const auto found = uploads_.find(id);
  if (found == uploads_.end()) {  // abandoned in the last moment
    disk_.remove_image(image);
    return done({.kind = Kind::kUnknown, .image = {}});
  }
  const UploadStart start = found->second.state.start;
  const auto audit_of = std::move(found->second.audit);
  uploads_.erase(found);
  if (!status) {
    const bool theirs = status.error().code == ErrorCode::kInvalid;
    return done(
        {.kind = theirs ? Kind::kRefused : Kind::kFailed, .image = {}, .message = status.error().message});
  }
  store::FirmwareImage made;
  made.id = image;
  made.board = start.board;
  made.version = start.version;
  made.file_name = start.file_name;
  made.sha256 = start.sha256;
  made.size_bytes = start.size_bytes;
  made.created = std::chrono::time_point_cast<Milliseconds>(parts_.clock.wall());
  // The image is the client's to use when it is in the store too.
  parts_.store.write(
      parts_.executor,
      [made, audit = audit_of ? audit_of() : std::nullopt](store::Store& store) {
        store.firmware().put(made);
        if (audit) store.audit().add(*audit);
      },
      [this, made, done](const Status& kept) {
        if (!kept) {
          disk_.remove_image(made.id);
          return done({.kind = Kind::kFailed, .image = {}, .message = kept.error().message});
        }
        if (known(made.id) == nullptr) images_.push_back(made);  // adopt() may have been quicker
        logger().info("firmware uploaded image={} board={} version={} bytes={}", made.id, made.board,
                      made.version, made.size_bytes);
        done({.kind = Kind::kComplete, .offset = made.size_bytes, .image = made});
      });
}

std::uint64_t FirmwareLibrary::total_bytes() const {
  std::uint64_t total = 0;
  for (const auto& image : images_) total += image.size_bytes;
  for (const auto& [id, upload] : uploads_) total += upload.state.start.size_bytes;
  return total;
}

void FirmwareLibrary::tell(const DeviceId& device, std::string_view state, std::string_view image,
                           std::string_view version) {
  logger().info("firmware {} device={} image={} version={}", state, device.text(), image, version);
  parts_.hub.publish("firmware", device, {{"state", state}, {"image", image}, {"version", version}});
}

}  // namespace earshot::gateway
