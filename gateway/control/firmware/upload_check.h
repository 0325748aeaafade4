// What an image must be before a byte of it is stored, and a chunk before it is written. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace earshot::gateway {

struct UploadStart {
  std::string board;    // as devices tell it: [A-Za-z0-9_-]{1,48}
  std::string version;  // dotted numbers (trap 3: anything else reboots a device that is offered it)
  std::uint64_t size_bytes = 0;
  std::string sha256;     // 64 hex digits, any case
  std::string file_name;  // for people
};

inline constexpr std::uint64_t kMinImageBytes = 1024;
inline constexpr std::uint64_t kMaxImageBytes = 64ull << 20;  // the largest flash of a board is 32 MB
inline constexpr std::size_t kMaxChunkBytes = 1 << 20;

// Errors: kInvalid, saying what is wrong.
Status check_upload(const UploadStart& start);

enum class ChunkVerdict {
  kGood,
  kWrongOffset,  // it must begin where the last one ended: the answer says where
  kEmpty,
  kTooMuch,     // larger than a chunk may be, or beyond the image's end
  kNotAnImage,  // the first byte is not an ESP image's
};
ChunkVerdict check_chunk(const UploadStart& start, std::uint64_t stored_bytes, std::uint64_t offset,
                         std::string_view bytes);

}  // namespace earshot::gateway
