#include "gateway/control/firmware/upload_check.h"

#include <algorithm>

#include "common/base/bytes.h"
#include "gateway/control/firmware/rollout.h"

namespace earshot::gateway {

namespace {

constexpr char kEspImageMagic = '\xe9';  // esp_image_header_t::magic
constexpr std::size_t kMaxBoardBytes = 48;
constexpr std::size_t kMaxFileNameBytes = 128;

bool is_board(std::string_view board) {
  return !board.empty() && board.size() <= kMaxBoardBytes && std::ranges::all_of(board, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  });
}

}  // namespace

Status check_upload(const UploadStart& start) {
  const auto wrong = [](const char* what) { return Error{ErrorCode::kInvalid, what}; };
  if (!is_board(start.board)) return wrong("board must be a board type as devices tell it");
  if (!parse_version(start.version)) {
    return wrong("version must be dotted numbers, e.g. 2.4.2: devices reboot on anything else");
  }
  if (start.size_bytes < kMinImageBytes || start.size_bytes > kMaxImageBytes) {
    return wrong("size_bytes must be between 1 KiB and 64 MiB");
  }
  const auto digest = from_hex(start.sha256);
  if (!digest || digest->size() != 32) return wrong("sha256 must be 64 hexadecimal digits");
  if (start.file_name.size() > kMaxFileNameBytes) return wrong("file_name must be 128 bytes at most");
  return kDone;
}

ChunkVerdict check_chunk(const UploadStart& start, std::uint64_t stored_bytes, std::uint64_t offset,
                         std::string_view bytes) {
  if (offset != stored_bytes) return ChunkVerdict::kWrongOffset;
  if (bytes.empty()) return ChunkVerdict::kEmpty;
  if (bytes.size() > kMaxChunkBytes || bytes.size() > start.size_bytes - stored_bytes) {
    return ChunkVerdict::kTooMuch;
  }
  if (offset == 0 && bytes.front() != kEspImageMagic) return ChunkVerdict::kNotAnImage;
  return ChunkVerdict::kGood;
}

}  // namespace earshot::gateway
